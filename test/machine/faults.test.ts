import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import type { MachineFault } from '../../src/errors/machine-fault.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { HazardMode } from '../../src/sequencer/sequencer.ts';
import { runToFault } from '../properties/ways-of-executing.ts';
import { halt, instruction } from '../reference/instructions.ts';

function faultOf(program: readonly Instruction[], hazards: HazardMode = 'interlock') {
  const machine = new Machine(presets['tpu-tiny'], [...program, halt], undefined, { hazards });
  const fault = runToFault(machine, (m) => void m.run());
  return { machine, fault: fault! };
}

const product = (operands: Record<string, number> = {}) =>
  instruction('matrix_multiply', { ub: 0, acc: 0, rows: 1, ...operands });
const transfer = instruction('read_host_memory', { host: 0, ub: 0, bytes: 8 });

describe('a fault says what, value, limit and where', () => {
  it.each<[string, Instruction[], HazardMode, string, string | undefined]>([
    [
      'range',
      [instruction('nop'), product({ acc: 63, rows: 2 })],
      'interlock',
      'accumulators: row 64 is outside 0..63 (matrix_multiply, instruction 1, cycle 1)',
      'the instruction touches rows 63..64',
    ],
    [
      'tile',
      [instruction('read_weights', { tile: 0 }), product({ switch: 1, repeat: 2 })],
      'interlock',
      'weight fifo: switch number 2 has no tile: read_weights supplied 1 (matrix_multiply, instruction 1, repetition 1, cycle 2)',
      'read a tile before each matrix instruction that switches',
    ],
    [
      'width',
      [instruction('read_weights', { tile: 4, wide: 1 }), product({ switch: 1 })],
      'interlock',
      'matrix multiply unit: weights of 8 bits meet tile 4, whose weights have 16 (matrix_multiply, instruction 1, cycle 1)',
      'give weights=int16 or uint16',
    ],
    [
      // Of the active tile, where there is no switch.
      'width',
      [
        instruction('read_weights', { tile: 4 }),
        product({ switch: 1 }),
        instruction('read_weights', { tile: 6, wide: 1 }),
        instruction('convolve', { ub: 0, acc: 0, rows: 1, columns: 1, weights: 3 }),
      ],
      'interlock',
      'matrix multiply unit: weights of 16 bits meet tile 4, whose weights have 8 (convolve, instruction 3, cycle 3)',
      "read the tile with 'wide', or give 8-bit weights",
    ],
    [
      // The second half of the fourth tile is outside.
      'range',
      [instruction('read_weights', { tile: 1017, wide: 1, repeat: 4 })],
      'interlock',
      'weight memory: tile 1024 is outside 0..1023 (read_weights, instruction 0, repetition 3, cycle 3)',
      undefined,
    ],
    [
      'overlap',
      [
        instruction('vector', {
          ...{ operation: 2, a_type: 3, b_type: 3, type: 3, rows: 2, columns: 4, ub: 8, pitch: 8 },
          ...{ a: 0, a_pitch: 8, b: 64, b_pitch: 0 },
        }),
      ],
      'interlock',
      'activation unit: results 8..23 overlap the operand a 0..15 (vector, instruction 0, cycle 0)',
      undefined,
    ],
    [
      'hazard',
      [transfer, product()],
      'fault',
      'unified buffer: reads bytes 0..7, of which read_host_memory (instruction 0) writes 0..7, with no sync between (matrix_multiply, instruction 1, cycle 1)',
      "put 'sync dma' before it",
    ],
    [
      'hazard',
      [
        product({ acc: 4 }),
        instruction('activate', { acc: 0, rows: 8, columns: 8, ub: 64, pitch: 8, type: 1 }),
      ],
      'fault',
      'accumulators: reads rows 0..7, of which matrix_multiply (instruction 0) writes 4..4, with no sync between (activate, instruction 1, cycle 1)',
      "put 'sync matrix' before it",
    ],
  ])('%s', (kind, program, hazards, message, help) => {
    const { fault } = faultOf(program, hazards);
    expect(fault.message).toBe(message);
    expect([fault.kind, fault.help]).toEqual([kind, help]);
  });

  it('a matrix instruction before the first switch may have weights of any width', () => {
    expect(faultOf([product({ weights: 3 }), product({ weights: 1 })]).fault).toBeUndefined();
  });

  it('names the line of the source', () => {
    const source = { file: 'matmul.tpu', line: 17, column: 1, length: 5 };
    const { fault } = faultOf([{ ...product({ acc: 64 }), source }]);
    expect(fault.message).toBe(
      'accumulators: row 64 is outside 0..63 (matrix_multiply, matmul.tpu:17, cycle 0)',
    );
  });
});

describe('a fault ends the run', () => {
  const program = [instruction('nop'), instruction('nop'), product({ acc: 64 })];

  it('before its cycle is charged, with what is in flight left as it stands', () => {
    const { machine, fault } = faultOf([transfer, ...program]);
    expect([machine.cycle, fault.cycle]).toEqual([3, 3]);
    const { nonMatrix, dispatch } = machine.counters.cycles;
    expect([nonMatrix, dispatch]).toEqual([3, 3]);
    // The transfer takes 6 cycles from 1 on.
    expect(machine.operations[0]).toMatchObject({ startCycle: 1, endCycle: 7, ended: false });
    expect(machine.finished).toBe(false);
  });

  it('for good: going on throws the same fault', () => {
    const { machine, fault } = faultOf(program);
    const again: MachineFault | undefined = runToFault(machine, (m) => m.step());
    expect(again).toBe(fault);
    expect(machine.cycle).toBe(2);
  });
});
