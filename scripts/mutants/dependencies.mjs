const sequencer = 'src/sequencer/sequencer.ts';
const dependencies = 'src/sequencer/dependencies.ts';
const hazards = 'src/sequencer/hazard-check.ts';
const matrix = 'src/isa/instructions/matrix-multiply.ts';
const activate = 'src/isa/instructions/activate.ts';
const restore = ['test/machine/restore.test.ts'];

/** Faults of regions: which ranges instructions hold, how long, and who waits for whom. */
export const dependencyMutants = [
  {
    name: 'a matrix instruction holds no bytes of the Unified Buffer',
    file: matrix,
    find: 'from: work.ubByte,\n        to: ubEnd,',
    replace: 'from: ubEnd,\n        to: ubEnd,',
    why: 'It would be fed before its activations have arrived.',
  },
  {
    name: 'a matrix instruction holds one accumulator row too few',
    file: matrix,
    find: "to: work.accRow + work.rows,\n        access: 'write',",
    replace: "to: work.accRow + work.rows - 1,\n        access: 'write',",
    why: 'Its last row would be read before it has landed.',
  },
  {
    name: 'an activate holds no accumulator rows',
    file: activate,
    find: "to: work.accRow + work.rows,\n        access: 'read',",
    replace: "to: work.accRow,\n        access: 'read',",
    why: 'It would read sums that have not landed.',
  },
  {
    name: 'results are claimed as if they were only read',
    file: activate,
    find: "...resultRange(work), access: 'write', heldUntil: 'end' },",
    replace: "...resultRange(work), access: 'read', heldUntil: 'end' },",
    why: 'Nothing would wait for them.',
  },
  {
    name: 'a parameter block is not held',
    file: activate,
    find: '...(parameters\n        ? [',
    replace: '...(parameters && work.rows < 0\n        ? [',
    why: 'It would be read before the host has delivered it.',
  },
  {
    name: 'the destination of a transfer ends a byte early',
    file: 'src/isa/instructions/host-transfer.ts',
    find: 'ub: { from: work.ubByte, to: work.ubByte + last * work.ubPitch + work.rowBytes },',
    replace:
      'ub: { from: work.ubByte, to: work.ubByte + last * work.ubPitch + work.rowBytes - 1 },',
    why: 'Range check and dependencies would both miss the last byte.',
  },
  {
    name: 'matrix instructions wait for the accumulator rows of each other',
    file: sequencer,
    find: "if (name === 'weights' || (name === 'matrix' && operation.pipeline === 'matrix')) continue;",
    replace: "if (name === 'weights') continue;",
    why: 'K tiles would no longer accumulate back to back.',
  },
  {
    name: 'sources are held until the end',
    file: dependencies,
    find: 'return cycle < issueEnd(operation);',
    replace: 'return true;',
    why: 'A buffer is free as soon as its last row has been fed.',
  },
  {
    name: 'destinations are free as soon as the sources are',
    file: dependencies,
    find: "if (operation.startCycle < 0 || region.heldUntil === 'end') return true;",
    replace: 'if (operation.startCycle < 0) return true;',
    why: 'Results would be read before they have landed.',
  },
  {
    name: 'reads hold nothing',
    file: dependencies,
    find: "(a.access === 'read' && b.access === 'read')",
    replace: "a.access === 'read'",
    why: 'Write after read: a buffer would be overwritten while it is fed.',
  },
  {
    name: 'neighbouring ranges count as overlapping',
    file: dependencies,
    find: 'return a.from < b.to && b.from < a.to;',
    replace: 'return a.from <= b.to && b.from <= a.to;',
    why: 'Double buffers side by side would wait for each other.',
  },
  {
    name: 'an obstacle that was seen once is forgotten',
    file: sequencer,
    find: 'operation.clearBefore = oldest ? oldest.sequence : operation.sequence;',
    replace: 'operation.clearBefore = oldest ? oldest.sequence + 1 : operation.sequence;',
    why: 'The search continues where it stopped, not behind it.',
  },
  {
    name: 'the hazard check overlooks the host transfers',
    file: hazards,
    find: 'if (name === operation.pipeline) continue;',
    replace: "if (name === operation.pipeline || name === 'dma') continue;",
    why: 'Passing would be no proof.',
  },
  {
    name: 'a sync of one pipeline satisfies the hazard check for all',
    file: hazards,
    find: 'if ((mask >> bit) & 1) this.unsynced[name] = [];',
    replace: 'if (bit < 4) this.unsynced[name] = [];',
    why: 'Passing would be no proof.',
  },
  {
    name: 'a restored machine has forgotten what no sync covers',
    file: sequencer,
    find: 'this.hazards.unsynced = from.unsynced;',
    replace: '',
    why: 'With hazards=fault it would continue as another machine.',
    tests: restore,
  },
];
