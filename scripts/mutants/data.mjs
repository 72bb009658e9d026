const pack = 'src/loader/pack.ts';
const host = 'src/host-interface/host-interface.ts';
const packTests = ['test/loader/pack.test.ts'];
const memory = 'src/memory/paged-memory.ts';
const memoryTests = ['test/memory/paged-memory.test.ts'];
const restore = ['test/machine/restore.test.ts'];

/** Faults of bytes on their way: host transfers, memories, files, packing. */
export const dataMutants = [
  {
    name: 'a transfer moves a byte too few',
    file: host,
    find: 'unifiedBuffer.subarray(ub, ub + transfer.rowBytes);',
    replace: 'unifiedBuffer.subarray(ub, ub + transfer.rowBytes - 1);',
    why: 'The last byte of every row would be old.',
  },
  {
    name: 'the pitches of a strided transfer are swapped',
    file: host,
    find: 'const host = transfer.hostByte + i * transfer.hostPitch;',
    replace: 'const host = transfer.hostByte + i * transfer.ubPitch;',
    why: 'Each side has its own.',
  },
  {
    name: 'a transfer appears in its first cycle',
    file: 'src/sequencer/sequencer.ts',
    find: "if (transfer?.endCycle === to && transfer.work.kind === 'dma') {",
    replace: "if (transfer?.startCycle === this.state.cycle && transfer.work.kind === 'dma') {",
    why: 'All bytes appear in the last cycle.',
    tests: ['test/machine/visibility.test.ts'],
  },
  {
    name: 'memory pages have no end',
    file: memory,
    find: 'return { page, offset, room: pageBytes - offset };',
    replace: 'return { page, offset, room: pageBytes };',
    why: 'Data that crosses a page would be torn.',
    tests: memoryTests,
  },
  {
    name: 'pages that were never written read as what was there before',
    file: memory,
    find: 'else target.fill(0, done, done + count);',
    replace: '',
    why: 'Memory that holds nothing reads as zero, whatever the target held.',
    tests: memoryTests,
  },
  {
    name: 'a snapshot of a memory changes with it',
    file: memory,
    find: 'return new Map([...this.pages].map(([page, bytes]) => [page, bytes.slice()]));',
    replace: 'return new Map(this.pages);',
    why: 'A snapshot is a copy.',
    tests: restore,
  },
  {
    name: 'the padding of a matrix is not zero',
    file: pack,
    find: 'const packed = new Uint8Array(layout.bytes);',
    replace: 'const packed = new Uint8Array(layout.bytes).fill(1);',
    why: 'Padding is multiplied like data.',
    tests: packTests,
  },
  {
    name: 'the padding of a tile is not zero',
    file: pack,
    find: 'const packed = new Uint8Array(tiles * tileBytes);',
    replace: 'const packed = new Uint8Array(tiles * tileBytes).fill(1);',
    why: 'Padding is multiplied like data.',
    tests: packTests,
  },
  {
    name: 'tiles lie by N block, then K block',
    file: pack,
    find: 'const to = (kBlock * nBlocks + nBlock) * tileBytes + tileRow * limits.columns;',
    replace:
      'const to = (nBlock * (tiles / nBlocks) + kBlock) * tileBytes + tileRow * limits.columns;',
    why: 'Programs count on the order by K block.',
    tests: packTests,
  },
  {
    name: 'the column blocks of a result are taken in reverse',
    file: pack,
    find: 'const from = block * layout.blockBytes + row * layout.pitch;',
    replace: 'const from = (layout.blocks - 1 - block) * layout.blockBytes + row * layout.pitch;',
    why: 'Wide results would come back shuffled.',
    tests: packTests,
  },
  {
    name: 'the scales of a parameter block lie behind its biases without padding',
    file: pack,
    find: 'at + limits.columns * elementBytes.int32);',
    replace: 'at + (to - from) * elementBytes.int32);',
    why: 'The machine finds C scales behind C biases, however many are used.',
    tests: packTests,
  },
  {
    name: 'Fortran order of a .npy file is ignored',
    file: 'src/loader/npy.ts',
    find: 'const transposes = header.fortranOrder && rows > 1 && columns > 1;',
    replace: 'const transposes = !header.shape && rows > 1 && columns > 1;',
    why: 'Files saved from a transposed numpy array would be read as another matrix.',
    tests: ['test/loader/npy.test.ts'],
  },
];
