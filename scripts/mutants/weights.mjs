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
    find: 'if (!load || load.arrived <= half || state.shift) return undefined;',
    replace: 'if (!load?.requested || state.shift) return undefined;',
    why: 'Only a whole tile may shift.',
  },
  {
    name: 'a shift does not wait for the shadow plane',
    file: path,
    find: 'if (half === 0 && !state.shadowFree) return undefined;',
    replace: '',
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
    find: 'return this.memory.view(first, first + this.tileBytes);',
    replace: 'return this.memory.view(first + 1, first + 1 + this.tileBytes);',
    why: 'Tile i begins at byte i·R·C.',
  },
  {
    name: 'all repetitions of read_weights read the same tile',
    file: 'src/isa/instructions/read-weights.ts',
    find: 'tileIndex: operands.tile + repetition * (wide ? 2 : 1),',
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
  {
    name: 'the repetitions of a wide read_weights overlap',
    file: 'src/isa/instructions/read-weights.ts',
    find: 'tileIndex: operands.tile + repetition * (wide ? 2 : 1),',
    replace: 'tileIndex: operands.tile + repetition,',
    why: 'A wide tile is two tiles of Weight Memory.',
  },
  {
    name: 'the second half of a wide tile may lie outside',
    file: 'src/isa/instructions/read-weights.ts',
    find: 'const lastTile = work.tileIndex + (work.wide ? 1 : 0);',
    replace: 'const lastTile = work.tileIndex;',
    why: 'A program error would become an internal one.',
    tests: ['test/machine/faults.test.ts'],
  },
  {
    name: 'the high half of a wide tile waits for a free shadow plane',
    file: path,
    find: 'if (half === 0 && !state.shadowFree) return undefined;',
    replace: 'if (!state.shadowFree) return undefined;',
    why: 'The plane belongs to both halves: the program would never go on.',
  },
  {
    name: 'the plane is free between the halves of a wide tile',
    file: path,
    find: `    state.shift = undefined;
    state.slotsTaken--;`,
    replace: `    state.shift = undefined;
    state.shadowFree ||= state.nextShift.half === 0 && this.load(state.nextShift.tileNumber - 1).wide;
    state.slotsTaken--;`,
    why: 'The next tile would overwrite a wide one that no row has met yet.',
  },
  {
    name: 'a wide tile is whole when its low half has arrived',
    file: path,
    find: 'return load.arrived === halvesOf(load);',
    replace: 'return load.arrived > 0;',
    why: 'Waiting for weights would be shown as waiting for their shift.',
  },
  {
    name: 'a switch takes a wide tile when its low half has shifted',
    file: path,
    find: 'return load.shifted === halvesOf(load);',
    replace: 'return load.shifted > 0;',
    why: 'Rows would meet weights without their high bytes.',
  },
  {
    name: 'the high bytes of a wide tile are requested first',
    file: path,
    find: 'return { tileIndex: load.tileIndex + half };',
    replace: 'return { tileIndex: load.tileIndex + (load.wide ? 1 - half : 0) };',
    why: 'Low and high bytes would be swapped.',
  },
  {
    name: 'both slots of a wide tile are held until the second shift ends',
    file: path,
    find: `    state.slotsTaken--;
    return true;`,
    replace: `    const { wide } = this.load(state.nextShift.tileNumber - (state.nextShift.half === 0 ? 1 : 0));
    if (!wide || state.nextShift.half === 0) state.slotsTaken -= wide ? 2 : 1;
    return true;`,
    why: 'Each slot is free at the end of its own half: one slot would be a deadlock.',
  },
  {
    name: 'the high half shifts into the low bytes',
    file: path,
    find: "return half === 0 ? 'low' : 'high';",
    replace: "return half === 0 ? 'low' : 'low';",
    why: 'The low bytes would be overwritten.',
  },
  {
    name: 'weights of any width meet any tile',
    file: sequencer,
    find: 'if (wide === (weights.bytes === 2)) return;',
    replace: 'if (wide || weights.bytes === 1) return;',
    why: '8-bit weights would read the low bytes of a wide tile.',
    tests: ['test/machine/faults.test.ts'],
  },
  {
    name: 'the width of a switch is compared with the tile before',
    file: sequencer,
    find: 'this.checkWidth(work, work.switchWeights ? tileNumber : this.state.switchesDispatched - 1);',
    replace: 'this.checkWidth(work, this.state.switchesDispatched - 1);',
    why: 'A switch brings its own tile.',
  },
  {
    name: 'a half of a wide tile leaves the FIFO only with the other',
    file: datapath,
    find: '    this.units.weightFifo.pop();',
    replace: '    if (this.units.weightFifo.at(1)) this.units.weightFifo.pop();',
    why: 'Both halves would shift in the same bytes.',
  },
];
