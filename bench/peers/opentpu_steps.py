"""Runs OpenTPU's runtpu.py and tells how fast the steps of its hardware simulation were.

Usage: opentpu_steps.py PROGRAM HOST_MEMORY WEIGHTS, in the folder of OpenTPU. The last line of the
output is JSON: cycles, and the seconds that they took without making the hardware before.
"""
import json
import os
import runpy
import sys
import time

import pyrtl

cycles = 0
seconds = 0.0
step_once = pyrtl.FastSimulation.step


def step(simulation, *arguments, **named):
    global cycles, seconds
    began = time.perf_counter()
    result = step_once(simulation, *arguments, **named)
    seconds += time.perf_counter() - began
    cycles += 1
    return result


pyrtl.FastSimulation.step = step
sys.path.insert(0, os.getcwd())
runpy.run_path("runtpu.py", run_name="__main__")
print(json.dumps({"cycles": cycles, "seconds": seconds}))
