const waves = 'src/mxu/wave-engine.ts';
const ring = 'src/mxu/wave-ring.ts';
const plain = 'src/mxu/kernels/plain-kernels.ts';
const tiles = 'src/mxu/packed-tiles.ts';
const tracked = 'src/memory/tracked-bytes.ts';
const journal = 'src/machine/journal.ts';
const machine = 'src/machine/machine.ts';
const engines = ['test/mxu/engines-agree.test.ts'];
const longFeeds = ['test/mxu/long-feeds.test.ts'];
const past = ['test/machine/past.test.ts'];
const restore = ['test/machine/restore.test.ts'];

/** Faults of what the engines keep: waves in their ring, pages that are shared, states of a run. */
export const waveMutants = [
  {
    name: 'the ring is as long as the array only',
    file: ring,
    find: 'const slots = 4 * Math.ceil((delay + longestBlock + landedRows) / 4);',
    replace: 'const slots = 4 * Math.ceil(delay / 4);',
    why: 'A long jump would feed rows into slots whose rows have not landed.',
    tests: longFeeds,
  },
  {
    name: 'waves begin with the sums of those before them',
    file: waves,
    find: 'if (this.isStepped) this.ring.clearSums(slot, rows, pace);',
    replace: '',
    why: 'When the ring comes round, a slot holds the sums of an old row.',
    tests: longFeeds,
  },
  {
    name: 'the waves of a long feed are cut where the ring ends, and one is lost',
    file: ring,
    find: 'const rows = Math.min(end - row, Math.ceil((slots - slot) / pace));',
    replace: 'const rows = Math.min(end - row, Math.ceil((slots + 1 - slot) / pace));',
    why: 'The kernels work on rows that lie in one piece.',
    tests: longFeeds,
  },
  {
    name: 'cells are shown a column behind',
    file: plain,
    find: 'const met = Math.min(t - fed - (first + n) * pace - c, 2 * pairs);',
    replace: 'const met = Math.min(t - fed - (first + n) * pace - c - 1, 2 * pairs);',
    why: 'What a cell has collected follows from how long ago its row was fed.',
    tests: engines,
  },
  {
    name: 'a packed tile serves both signs',
    file: tiles,
    find: 'if (tile.weights === weights && tile.signed === signed) return place;',
    replace: 'if (tile.weights === weights) return place;',
    why: 'Two instructions may read the bytes of one tile as different numbers.',
    tests: engines,
  },
  {
    name: 'the array remembers what it has overwritten',
    file: waves,
    find: 'this.loseWaves(flight.firstWave + due - this.ring.slots);',
    replace: '',
    why: 'A cycle whose rows are gone must be read from the journal.',
    tests: past,
  },
  {
    name: 'the last page that is written is not noticed',
    file: tracked,
    find: 'const last = Math.floor((to - 1) / pageBytes);',
    replace: 'const last = Math.floor((to - 1) / pageBytes) - 1;',
    why: 'A later state would show the bytes of an earlier one.',
    tests: ['test/memory/tracked-bytes.test.ts'],
  },
  {
    name: 'a journal goes back to its first state',
    file: journal,
    find: 'return this.checkpoints.findLast((checkpoint) => checkpoint.cycle <= cycle);',
    replace: 'return this.checkpoints.find((checkpoint) => checkpoint.cycle >= cycle);',
    why: 'The state must be one before the cycle that is wanted.',
    tests: past,
  },
  {
    name: 'a journal does not count its pages',
    file: journal,
    find: 'this.heldBytes += buffer.byteLength;',
    replace: 'this.heldBytes += 1;',
    why: 'The limit is one of bytes.',
    tests: past,
  },
  {
    name: 'who looks back forgets that the host answered',
    file: machine,
    find: '      machine.signalHost();\n',
    replace: '',
    why: 'The past would wait where the run went on.',
    tests: past,
  },
  {
    name: 'a restored machine goes on with the operations of the snapshot',
    file: 'src/sequencer/operation-log.ts',
    find: 'this.operations[operation.sequence] = copyOf(operation);',
    replace: 'this.operations[operation.sequence] = operation;',
    why: 'A snapshot must serve more than once.',
    tests: restore,
  },
  {
    name: 'a snapshot shares the tile that is shifting',
    file: 'src/sequencer/weight-path.ts',
    find: 'const firstOpen = (shift ?? nextShift).tileNumber;',
    replace: 'const firstOpen = nextShift.tileNumber;',
    why: 'It would be shifted twice when the snapshot is restored.',
    tests: restore,
  },
  {
    name: 'a transfer is moved in one piece though only one side is dense',
    file: 'src/host-interface/host-interface.ts',
    find: 'const isDense = hostPitch === transfer.rowBytes && ubPitch === transfer.rowBytes;',
    replace: 'const isDense = hostPitch === transfer.rowBytes;',
    why: 'Rows have places of their own in each memory.',
    tests: ['test/properties/agreement.test.ts'],
  },
  {
    name: 'what is placed in a memory is written into',
    file: 'src/memory/paged-memory.ts',
    find: 'if (held && !held.isShared) return held.bytes;',
    replace: 'if (held) return held.bytes;',
    why: 'The bytes belong to the caller, and to snapshots.',
    tests: ['test/memory/paged-memory.test.ts'],
  },
];
