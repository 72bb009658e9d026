const unit = 'src/activation-unit/activation-unit.ts';
const accumulators = 'src/accumulators/accumulators.ts';
const datapath = 'src/machine/unit-datapath.ts';

/** Faults of values behind the array: accumulation, and the results on their way. */
export const valueMutants = [
  {
    name: 'the accumulators saturate',
    file: accumulators,
    find: 'for (let c = 0; c < columns; c++) sums[first + c]! += values[offset + c]! << shift;',
    replace: `for (let c = 0; c < columns; c++) {
      const sum = sums[first + c]! + (values[offset + c]! << shift);
      sums[first + c] = Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), sum));
    }`,
    why: 'Sums wrap at 32 bits, as in the reference of every framework.',
    tests: ['test/accumulators/accumulators.test.ts'],
  },
  {
    name: 'the accumulators overwrite when they should add',
    file: accumulators,
    find: 'if (!accumulate) {',
    replace: 'if (!accumulate || accRow % 2 === 1) {',
    why: 'The K blocks of a product add up in the same rows.',
  },
  {
    name: 'sums land a row too high',
    file: datapath,
    find: 'accumulators.land(accRow + row, sums, offset, adds, 8 * place);',
    replace: 'accumulators.land(Math.max(0, accRow + row - 1), sums, offset, adds, 8 * place);',
    why: 'Row i of an instruction belongs to accumulator row acc + i.',
  },
  {
    name: 'a result row is a byte too short',
    file: unit,
    find: 'const result = results.subarray(first, first + job.resultBytes);',
    replace: 'const result = results.subarray(first, first + job.resultBytes - 1);',
    why: 'The last column of every block would be missing.',
  },
  {
    name: 'result rows follow each other without their pitch',
    file: unit,
    find: 'ports.writeResult(job.ubByte + i * job.pitch, result);',
    replace: 'ports.writeResult(job.ubByte + i * job.resultBytes, result);',
    why: 'The pitch places several blocks side by side.',
  },
  {
    name: 'results appear before the latency has passed',
    file: unit,
    find: 'const elapsed = to - job.startCycle - this.latency;',
    replace: 'const elapsed = to - job.startCycle;',
    why: 'A trace would show results that the machine cannot have yet.',
    tests: ['test/machine/visibility.test.ts'],
  },
  {
    name: 'accumulator rows are read when their results are written',
    file: unit,
    find: 'Math.ceil((to - job.startCycle) / job.cyclesPerRow)',
    replace: 'Math.floor((to - job.startCycle - this.latency) / job.cyclesPerRow)',
    why: 'The rows are free before: the array may have overwritten them.',
    tests: ['test/machine/operands.test.ts'],
  },
  {
    name: 'results wait for the end of their instruction',
    file: unit,
    find: 'const due = Math.min(job.rows, Math.floor(elapsed / job.cyclesPerRow));',
    replace: 'const due = elapsed < job.rows * job.cyclesPerRow ? 0 : job.rows;',
    why: 'Results appear row by row.',
    tests: ['test/machine/visibility.test.ts'],
  },
  {
    name: 'every pass of 16 bits overwrites',
    file: datapath,
    find: 'const adds = accumulate || place > 0;',
    replace: 'const adds = accumulate;',
    why: 'Only the first pass of a row overwrites; the others add.',
  },
  {
    name: 'the last pass of 16 bits is not shifted to its place',
    file: datapath,
    find: 'adds, 8 * place);',
    replace: 'adds, 8 * Math.min(place, 1));',
    why: 'High byte times high byte counts 2^16.',
  },
  {
    name: 'passes are shifted when they overwrite, not when they add',
    file: accumulators,
    find: 'sums[first + c]! += values[offset + c]! << shift;',
    replace: 'sums[first + c]! += values[offset + c]!;',
    why: 'Each pass has its place in the sum.',
    tests: ['test/accumulators/accumulators.test.ts'],
  },
  {
    name: 'a table is read when the results are',
    file: datapath,
    find: 'table === undefined ? undefined : unifiedBuffer.view(table, table + tableBytes).slice(),',
    replace: 'table === undefined ? undefined : unifiedBuffer.view(table, table + tableBytes),',
    why: 'Others may write there before the instruction has ended.',
    tests: ['test/machine/restore.test.ts'],
  },
];
