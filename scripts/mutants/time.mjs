const sequencer = 'src/sequencer/sequencer.ts';
const stream = 'src/sequencer/instruction-stream.ts';
const queue = 'src/sequencer/pipeline-queue.ts';
const matrix = 'src/isa/matrix-operands.ts';
const results = 'src/isa/results.ts';
const host = ['test/machine/host.test.ts'];
const captured = ['test/machine/captured.test.ts'];
const restore = ['test/machine/restore.test.ts'];

/** Faults of dispatch, of durations, and of the loop of time. */
export const timeMutants = [
  {
    name: 'the feed of an instruction ends a cycle early',
    file: matrix,
    find: 'const issueCycles = work.rows * passesPerRow(work);',
    replace: 'const issueCycles = Math.max(1, work.rows * passesPerRow(work) - 1);',
    why: 'B rows take B cycles; the next instruction would feed a row in the same cycle.',
  },
  {
    name: 'a matrix instruction ends a cycle early',
    file: matrix,
    find: 'totalCycles: issueCycles + mxu.rows + mxu.columns - 1 }',
    replace: 'totalCycles: issueCycles + mxu.rows + mxu.columns - 2 }',
    why: 'Its last row would land after its end.',
  },
  {
    name: 'an int32 row takes as long as an int8 row',
    file: results,
    find: 'portCycles(resultBytes(work), rowBytes));',
    replace: 'portCycles(work.columns, rowBytes));',
    why: 'Four times the bytes take four writes.',
  },
  {
    name: 'the Activation Unit has a cycle more latency',
    file: results,
    find: 'totalCycles: issueCycles + activationUnit.latency }',
    replace: 'totalCycles: issueCycles + activationUnit.latency + 1 }',
    why: 'Everything that waits for results would be late.',
  },
  {
    name: 'a strided transfer takes the time of one row',
    file: 'src/isa/instructions/host-transfer.ts',
    find: 'const bytes = work.rows * work.rowBytes;',
    replace: 'const bytes = work.rowBytes;',
    why: 'Time follows from all bytes moved.',
  },
  {
    name: 'a pipeline takes its next instruction a cycle late',
    file: queue,
    find: 'this.state.freeFrom = issueEnd(operation);',
    replace: 'this.state.freeFrom = issueEnd(operation) + 1;',
    why: 'There is no bubble between instructions of a pipeline.',
  },
  {
    name: 'a jump passes the moment at which a pipeline becomes free',
    file: queue,
    find: 'return this.state.freeFrom > cycle ? Math.min(end, this.state.freeFrom) : end;',
    replace: 'return end;',
    why: 'Running on and stepping must be the same.',
  },
  {
    name: 'a jump passes the arrival of a tile',
    file: 'src/sequencer/weight-path.ts',
    find: 'return Math.min(transfer?.endCycle ?? Infinity, shift?.endCycle ?? Infinity);',
    replace: 'return shift?.endCycle ?? transfer?.endCycle ?? Infinity;',
    why: 'Running on and stepping must be the same.',
  },
  {
    name: 'a sync waits for all pipelines',
    file: sequencer,
    find: '.filter((_, bit) => (mask >> bit) & 1)',
    replace: '.filter(() => mask > 0)',
    why: 'The mask says for which.',
  },
  {
    name: 'a sync waits for tiles in transfer',
    file: sequencer,
    find: "return this.oldestNamed(work.mask) ? 'sync' : undefined;",
    replace:
      "return this.oldestNamed(work.mask) || this.weightPath.state.transfer ? 'sync' : undefined;",
    why: 'A read_weights has ended when its address is sent: fetch is decoupled.',
  },
  {
    name: 'a sync_host is answered a cycle late',
    file: sequencer,
    find: "return cycle < this.state.headSince + responseCycles ? 'sync_host' : undefined;",
    replace: "return cycle <= this.state.headSince + responseCycles ? 'sync_host' : undefined;",
    why: 'The response time is a parameter.',
  },
  {
    name: 'one signal of the host answers every sync_host',
    file: sequencer,
    find: "if (work.kind === 'sync_host') state.hostSignalled = false;",
    replace: '',
    why: 'Each sync_host waits for its own answer.',
    tests: host,
  },
  {
    name: 'a sync_host does not wait for the caller',
    file: sequencer,
    find: "return this.state.hostSignalled ? undefined : 'sync_host';",
    replace: 'return undefined;',
    why: 'A library user decides when the host answers.',
    tests: host,
  },
  {
    name: 'an interrupt is raised twice',
    file: 'src/machine/unit-datapath.ts',
    find: 'this.units.hostInterface.interrupts++;',
    replace: 'this.units.hostInterface.interrupts += 2;',
    why: 'The host counts them.',
    tests: host,
  },
  {
    name: 'a debug tag is lost',
    file: sequencer,
    find: "if (work.kind === 'debug_tag') state.debugTag = work.tag;",
    replace: '',
    why: 'It marks a place in the trace.',
    tests: host,
  },
  {
    name: 'an instruction sees registers that are written after its dispatch',
    file: 'src/isa/instructions/activate.ts',
    find: `      ...captureConversion(operands, registers),
`,
    replace: `      ...captureConversion(operands, registers),
      get zeroPoint() {
        return registers[registerIndex.zeroPoint]!;
      },
`,
    why: 'A queued instruction carries the values of its dispatch.',
    tests: captured,
  },
  {
    name: 'a repeated instruction executes once too few',
    file: stream,
    find: 'if (state.repetition >= repetitionsOf(instruction)) {',
    replace: 'if (state.repetition >= Math.max(1, repetitionsOf(instruction) - 1)) {',
    why: 'Repeat counts all executions.',
  },
  {
    name: 'instructions behind halt count as matrix work to come',
    file: stream,
    find: 'const reachable = instructions.slice(0, halt);',
    replace: 'const reachable = instructions;',
    why: 'Drain begins with the last matrix instruction before halt.',
    tests: ['test/machine/halt.test.ts'],
  },
  {
    name: 'the last cycle is not counted',
    file: sequencer,
    find: '        state.finished = true;\n',
    replace: '        state.cycle = to - 1;\n        state.finished = true;\n',
    why: 'A run lasts until the end of its last instruction, halt included.',
  },
  {
    name: 'the cycle of a fault is charged',
    file: sequencer,
    find: '    this.state.fault = new MachineFault(',
    replace: '    chargeCycles(this, 1);\n    this.state.fault = new MachineFault(',
    why: 'A fault ends the run before its cycle.',
  },
  {
    name: 'a switch without a tile waits instead of being a fault',
    file: sequencer,
    find: 'if (tileNumber >= supplied) {',
    replace: 'if (tileNumber > supplied) {',
    why: 'The mistake of the program would look like a deadlock.',
  },
  {
    name: 'a restored sequencer has forgotten which tile is active',
    file: sequencer,
    find: 'Object.assign(this.state, saved.state);',
    replace: 'Object.assign(this.state, saved.state, { activeTile: -1 });',
    why: 'Useful multiply-accumulates would be counted by no tile.',
    tests: restore,
  },
  {
    name: '16 bits take as long as 8',
    file: 'src/isa/work.ts',
    find: 'return activations.bytes * weights.bytes;',
    replace: 'return 1;',
    why: 'Half speed, or a quarter: paper, section 2.',
    tests: ['test/machine/matrix-time.test.ts'],
  },
  {
    name: 'pooling reads one value a cycle, whatever the window',
    file: results,
    find: 'const taps = work.window.windowHeight * work.window.windowWidth;',
    replace: 'const taps = 1;',
    why: 'Each tap is a read.',
  },
  {
    name: 'pooling from the Accumulators reads all taps at once',
    file: results,
    find: "if (work.source === 'accumulators') return taps;",
    replace: "if (work.source === 'accumulators') return 1;",
    why: 'There is one read port: each tap is a read.',
  },
  {
    name: 'pooling reads wide pixels in one cycle',
    file: results,
    find: 'return taps * portCycles(resultBytes(work), rowBytes);',
    replace: 'return taps;',
    why: 'A read is W bytes.',
  },
  {
    name: 'the reads of the two operands of vector overlap',
    file: results,
    find: 'return cycles + portCycles(work.columns * outputBytes[type], rowBytes);',
    replace: 'return Math.max(cycles, portCycles(work.columns * outputBytes[type], rowBytes));',
    why: 'There is one read port: at full width an addition takes two cycles a row.',
  },
  {
    name: 'operands of vector are read as if they had the type of the results',
    file: results,
    find: 'return cycles + portCycles(work.columns * outputBytes[type], rowBytes);',
    replace: 'return cycles + portCycles(resultBytes(work), rowBytes);',
    why: 'Each operand has its own type.',
  },
  {
    name: 'reads and writes of a row follow each other',
    file: results,
    find: 'return Math.max(readCycles(work, rowBytes), portCycles(resultBytes(work), rowBytes));',
    replace: 'return readCycles(work, rowBytes) + portCycles(resultBytes(work), rowBytes);',
    why: 'They overlap: the longer of the two counts.',
  },
  {
    name: 'a convolution sees windows that are written after its dispatch',
    file: 'src/isa/instructions/convolve.ts',
    find: 'pad: registers[registerIndex.windowPad]!,',
    replace: `get pad() {
          return registers[registerIndex.windowPad]!;
        },`,
    why: 'A queued instruction carries the values of its dispatch.',
    tests: captured,
  },
  {
    name: 'an operand of vector sees multipliers that are written after its dispatch',
    file: 'src/isa/instructions/vector.ts',
    find: 'multiplier: register(registerIndex.vectorAMultiplier),',
    replace: `get multiplier() {
        return register(registerIndex.vectorAMultiplier);
      },`,
    why: 'A queued instruction carries the values of its dispatch.',
    tests: captured,
  },
];
