const charge = 'src/sequencer/charge.ts';
const ended = 'src/sequencer/count-ended.ts';
const sequencer = 'src/sequencer/sequencer.ts';

/** Faults of counters: the right run, described wrongly. */
export const counterMutants = [
  {
    name: 'weight stall and weight shift are swapped',
    file: charge,
    find: 'if (load.arrived) cycles.weightShift += count;',
    replace: 'if (!load.arrived) cycles.weightShift += count;',
    why: 'They are two rows of table 3 with different remedies.',
  },
  {
    name: 'drain is charged before a RAW stall',
    file: charge,
    find: '  const blocker = head && sequencer.findBlocker(head, state.cycle);\n',
    replace: `  if (stream.state.matrixLeft === 0) return 'drain';
  const blocker = head && sequencer.findBlocker(head, state.cycle);
`,
    why: 'A dispatched matrix instruction that waits is not the end of the program.',
  },
  {
    name: 'dispatch and idle are swapped',
    file: charge,
    find: "return state.dispatched >= 0 ? 'dispatch' : 'idle';",
    replace: "return state.dispatched >= 0 ? 'idle' : 'dispatch';",
    why: 'Idle cycles would look like an instruction-bound program.',
  },
  {
    name: 'input and RAW stalls are swapped',
    file: charge,
    find: "if (blocker) return blocker.pipeline === 'dma' ? 'inputDataStall' : 'rawStall';",
    replace: "if (blocker) return blocker.pipeline === 'dma' ? 'rawStall' : 'inputDataStall';",
    why: 'Waiting for the host and waiting for oneself have different remedies.',
  },
  {
    name: 'a sync that waits for output counts as waiting for input',
    file: charge,
    find: "return oldest.work.direction === 'hostToUnifiedBuffer' ? 'inputDataStall' : 'idle';",
    replace: "return 'inputDataStall';",
    why: 'Only reads of host memory are input.',
  },
  {
    name: 'useful and unused multiply-accumulates are swapped',
    file: charge,
    find: 'macs.useful += rowsFed * useful;\n  macs.unused += rowsFed * (sequencer.cells - useful);',
    replace:
      'macs.unused += rowsFed * useful;\n  macs.useful += rowsFed * (sequencer.cells - useful);',
    why: 'TeraOps would count padding.',
  },
  {
    name: 'the drain is charged to the Activation Unit before the array',
    file: charge,
    find: "for (const name of ['matrix', 'activation', 'dma', 'weights'] as const) {",
    replace: "for (const name of ['activation', 'matrix', 'dma', 'weights'] as const) {",
    why: 'The order is fixed, so that the parts can be compared.',
  },
  {
    name: 'the occupancy of the FIFO is one tile too low',
    file: charge,
    find: 'fifoOccupancy[sequencer.weightPath.state.slotsTaken]! += count;',
    replace: 'fifoOccupancy[Math.max(0, sequencer.weightPath.state.slotsTaken - 1)]! += count;',
    why: 'It tells whether weights are the bottleneck.',
  },
  {
    name: 'any obstacle decides the reason of a stall, not the oldest',
    file: sequencer,
    find: 'oldest = found ?? oldest;',
    replace: 'oldest ??= found;',
    why: 'The oldest instruction that holds the region decides.',
  },
  {
    name: 'busy time begins with dispatch',
    file: ended,
    find: 'counter.busyCycles += operation.endCycle - operation.startCycle;',
    replace: 'counter.busyCycles += operation.endCycle - operation.dispatchCycle;',
    why: 'CPI would count waiting as work.',
  },
  {
    name: 'the bytes into the accumulators are counted by rows of the array',
    file: ended,
    find: 'buses.mxuToAccumulators += work.rows * limits.columns * sumBytes;',
    replace: 'buses.mxuToAccumulators += work.rows * limits.rows * sumBytes;',
    why: 'C sums leave the array per row.',
  },
  {
    name: 'the bytes into the array are counted by columns of the array',
    file: ended,
    find: 'buses.unifiedBufferToMxu += work.rows * limits.rows;',
    replace: 'buses.unifiedBufferToMxu += work.rows * limits.columns;',
    why: 'R activations enter the array per row.',
  },
  {
    name: 'the bytes of results are counted as if all were int32',
    file: ended,
    find: 'work.rows * work.columns * outputBytes[work.outputType];',
    replace: 'work.rows * work.columns * sumBytes;',
    why: 'An int8 result is a byte.',
  },
  {
    name: 'a strided transfer counts the bytes of one row',
    file: sequencer,
    find: 'buses[transfer.work.direction] += transfer.work.rows * transfer.work.rowBytes;',
    replace: 'buses[transfer.work.direction] += transfer.work.rowBytes;',
    why: 'All bytes moved count.',
  },
  {
    name: 'the bytes of a tile are counted when its transfer starts',
    file: sequencer,
    find: 'if (transfer) this.datapath.startTransfer(transfer.tileIndex);',
    replace: `if (transfer) this.datapath.startTransfer(transfer.tileIndex);
    if (transfer) this.counters.buses.weightMemoryToFifo++;`,
    why: 'A transfer that halt cuts off has not arrived.',
  },
  {
    name: 'the bytes out of the FIFO are not counted',
    file: sequencer,
    find: 'this.counters.buses.fifoToMxu += this.limits.rows * this.limits.columns;',
    replace: '',
    why: 'Weights reused are weights not fetched: the two counters show it.',
  },
  {
    name: 'the high-water mark is the first byte touched',
    file: sequencer,
    find: 'for (const { memory, to } of regions) {',
    replace: 'for (const { memory, from: to } of regions) {',
    why: 'It tells how large the buffer must be.',
  },
  {
    name: 'a wait is counted a cycle too long',
    file: 'src/sequencer/operation.ts',
    find: 'operation.waits[waited]! += cycle - operation.waitingSince;',
    replace: 'operation.waits[waited]! += cycle - operation.waitingSince + 1;',
    why: 'A trace explains every cycle between dispatch and start, and no other.',
  },
  {
    name: 'waiting for a tile and for its shift are swapped',
    file: sequencer,
    find: "if (!load.shifted) return load.arrived ? 'shift' : 'weights';",
    replace: "if (!load.shifted) return load.arrived ? 'weights' : 'shift';",
    why: 'A trace would name the wrong cause.',
  },
  {
    name: 'waiting for the host is shown as waiting for pipelines',
    file: sequencer,
    find: "waitCauses.indexOf(work.kind === 'sync' ? 'sync' : 'host')",
    replace: "waitCauses.indexOf('sync')",
    why: 'A trace would name the wrong cause.',
  },
  {
    name: 'a trace names itself as the obstacle',
    file: sequencer,
    find: 'if (oldest) operation.waitedFor = oldest.sequence;',
    replace: 'if (oldest) operation.waitedFor = operation.sequence;',
    why: 'A trace names the instruction that held the region.',
  },
];
