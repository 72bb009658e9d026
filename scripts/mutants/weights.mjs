const path = 'src/sequencer/weight-path.ts';
const sequencer = 'src/sequencer/sequencer.ts';
const datapath = 'src/machine/unit-datapath.ts';
const restore = ['test/machine/restore.test.ts'];

/** Faults of the way from Weight Memory through the FIFO into the shadow plane. */
export const weightMutants = [
  {
    name: 'a shift takes a cycle less',
    file: path,
    find: 'endCycle: cycle + this.shiftCycles }',
    replace: 'endCycle: cycle + this.shiftCycles - 1 }',
    why: 'A tile of R rows takes R cycles.',
  },
  {
    name: 'a shift starts before its tile has arrived',
    file: path,
    find: 'if (!load?.arrived || state.shift || !state.shadowFree) return undefined;',
    replace: 'if (!load?.requested || state.shift || !state.shadowFree) return undefined;',
    why: 'Only a whole tile may shift.',
  },
  {
    name: 'a shift does not wait for the shadow plane',
    file: path,
    find: 'if (!load?.arrived || state.shift || !state.shadowFree) return undefined;',
    replace: 'if (!load?.arrived || state.shift) return undefined;',
    why: 'It would overwrite a tile that no row has met yet.',
  },
  {
    name: 'the shadow plane is freed a cycle late',
    file: sequencer,
    find: 'this.startMatrix(cycle);\n    const shifting = this.weightPath.startShift(cycle);\n',
    replace: 'const shifting = this.weightPath.startShift(cycle);\n    this.startMatrix(cycle);\n',
    why: 'The plane is free from the start of the instruction that switched, inclusive.',
  },
  {
    name: 'a FIFO slot is free from the start of the shift',
    file: path,
    find: 'state.slotsTaken === this.depth) return undefined;',
    replace: 'state.slotsTaken - (state.shift ? 1 : 0) === this.depth) return undefined;',
    why: 'The tile still occupies its slot until its last row has left.',
  },
  {
    name: 'the transfers of two tiles overlap',
    file: path,
    find: 'if (!load?.requested || state.transfer || state.slotsTaken',
    replace: 'if (!load?.requested || state.slotsTaken',
    why: 'Weight Memory would have any bandwidth.',
  },
  {
    name: 'a transfer starts a cycle after its request',
    file: sequencer,
    find: `    const fetch = this.startHead('weights', cycle);
    if (fetch) this.weightPath.load(fetch.tileNumber).requested = true;
    const transfer = this.weightPath.startTransfer(cycle);
`,
    replace: `    const transfer = this.weightPath.startTransfer(cycle);
    const fetch = this.startHead('weights', cycle);
    if (fetch) this.weightPath.load(fetch.tileNumber).requested = true;
`,
    why: 'The transfer may start in the cycle of the request.',
  },
  {
    name: 'a transfer takes a cycle more',
    file: path,
    find: 'endCycle: cycle + this.transferCycles }',
    replace: 'endCycle: cycle + this.transferCycles + 1 }',
    why: 'Weight-bound programs would be slower by a cycle per tile.',
  },
  {
    name: 'a transfer is rounded down to whole cycles',
    file: 'src/numerics/transfer-cycles.ts',
    find: '(2n * BigInt(bytes) * BigInt(clockHz) + perSecond) / (2n * perSecond)',
    replace: '(BigInt(bytes) * BigInt(clockHz)) / perSecond',
    why: 'The formula rounds to the nearest cycle.',
  },
  {
    name: 'a transfer of few bytes takes no time',
    file: 'src/numerics/transfer-cycles.ts',
    find: 'return Math.max(1, Number(cycles));',
    replace: 'return Number(cycles);',
    why: 'Every transfer takes at least one cycle.',
  },
  {
    name: 'a switch waits for the tile read last',
    file: sequencer,
    find: 'const tileNumber = this.state.switchesDispatched;',
    replace:
      'const tileNumber = Math.max(this.state.switchesDispatched, this.weightPath.state.loads.length - 1);',
    why: 'The k-th switch takes the k-th tile.',
  },
  {
    name: 'the FIFO drops the newest tile instead of the oldest',
    file: 'src/weight-fifo/weight-fifo.ts',
    find: 'this.tiles.shift();',
    replace: 'this.tiles.pop();',
    why: 'It would be a stack.',
  },
  {
    name: 'a tile begins a byte late in Weight Memory',
    file: 'src/weight-memory/weight-memory.ts',
    find: 'return this.memory.read(first, first + this.tileBytes);',
    replace: 'return this.memory.read(first + 1, first + 1 + this.tileBytes);',
    why: 'Tile i begins at byte i·R·C.',
  },
  {
    name: 'all repetitions of read_weights read the same tile',
    file: 'src/isa/instructions/read-weights.ts',
    find: 'tileIndex: operands.tile + repetition,',
    replace: 'tileIndex: operands.tile,',
    why: 'With repeat, each repetition reads the next tile.',
  },
  {
    name: 'the second tile of the FIFO shifts before the first',
    file: datapath,
    find: 'this.units.weightFifo.at(0);',
    replace: 'this.units.weightFifo.at(1) ?? this.units.weightFifo.at(0);',
    why: 'Tiles leave in the order in which they arrived.',
  },
  {
    name: 'a restored machine has lost the tile in transfer',
    file: datapath,
    find: 'this.tileInTransfer = saved.tileInTransfer;',
    replace: 'this.tileInTransfer = undefined;',
    why: 'A snapshot during a transfer knows the tile on its way.',
    tests: restore,
  },
];
