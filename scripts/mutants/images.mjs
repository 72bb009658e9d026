const setup = 'src/systolic-data-setup/systolic-data-setup.ts';
const rows = ['test/systolic-data-setup/systolic-data-setup.test.ts'];

/** Faults of the rows that the Systolic Data Setup takes and forms. */
export const imageMutants = [
  {
    name: 'padding is zero',
    file: setup,
    find: 'formed.fill((pad >> (8 * place)) & 0xff, at, at + count);',
    replace: 'formed.fill(0, at, at + count);',
    why: 'The padding of a quantised image is its zero point.',
    tests: rows,
  },
  {
    name: 'the pad value has the same byte twice',
    file: setup,
    find: 'formed.fill((pad >> (8 * place)) & 0xff, at, at + count);',
    replace: 'formed.fill(pad & 0xff, at, at + count);',
    why: 'The two bytes of 16 bits differ.',
    tests: rows,
  },
  {
    name: 'elements behind the last are padding',
    file: setup,
    find: 'const formed = new Uint8Array(rows * arrayRows);',
    replace: 'const formed = new Uint8Array(rows * arrayRows).fill(convolution.pad);',
    why: 'They meet weights of padding, which need not be zero in a tile that is used twice.',
    tests: rows,
  },
  {
    name: 'the K offset is ignored',
    file: setup,
    find: '    let element = kOffset;',
    replace: '    let element = 0;',
    why: 'The second K block would be the first again.',
    tests: rows,
  },
  {
    name: 'a K offset begins at a pixel',
    file: setup,
    find: 'const channel = element - tap * channels;',
    replace: 'const channel = 0;',
    why: 'A K block may begin inside a pixel.',
    tests: rows,
  },
  {
    name: 'the dilation of the rows is that of the columns',
    file: setup,
    find: 'tapY * window.dilationY;',
    replace: 'tapY * window.dilationX;',
    why: 'Each direction has its own.',
    tests: rows,
  },
  {
    name: 'the stride of the columns is that of the rows',
    file: setup,
    find: 'x * window.strideX +',
    replace: 'x * window.strideY +',
    why: 'Each direction has its own.',
    tests: rows,
  },
  {
    name: 'the image is read beyond its right edge',
    file: setup,
    find: 'u >= 0 && u < window.imageWidth;',
    replace: 'u >= 0 && u <= window.imageWidth;',
    why: 'The next row of pixels would appear there.',
    tests: rows,
  },
  {
    name: 'pixels lie as far apart as they have channels',
    file: setup,
    find: '(v * window.imageWidth + u) * pixelPitch + channel * bytes;',
    replace: '(v * window.imageWidth + u) * channels * bytes + channel * bytes;',
    why: 'The pitch may leave room between them.',
    tests: rows,
  },
  {
    name: 'output pixels go down before they go right',
    file: setup,
    find: `const y = Math.floor(row / outputColumns);
    const x = row - y * outputColumns;`,
    replace: `const x = Math.floor(row / outputColumns);
    const y = row - x * outputColumns;`,
    why: 'Row y·columns + x is pixel (y, x).',
    tests: rows,
  },
  {
    name: 'taps go down before they go right',
    file: setup,
    find: `const tapY = Math.floor(tap / window.windowWidth);
      const tapX = tap - tapY * window.windowWidth;`,
    replace: `const tapX = Math.floor(tap / window.windowHeight);
      const tapY = tap - tapX * window.windowHeight;`,
    why: 'The order of im2col is that of the weights.',
    tests: rows,
  },
  {
    name: 'the high bytes of an image are its low bytes',
    file: setup,
    find: 'formed[at + i] = values[i * bytes + place]!;',
    replace: 'formed[at + i] = values[i * bytes]!;',
    why: 'Images of 16 bits would be of 8.',
    tests: rows,
  },
  {
    name: 'rows of 16 bits are read W bytes apart',
    file: setup,
    find: 'const pitch = this.rowBytes * bytes;',
    replace: 'const pitch = this.rowBytes;',
    why: 'They take two rows of the buffer each.',
    tests: rows,
  },
  {
    name: 'rows of 16 bits are big-endian',
    file: setup,
    find: 'return { bytes: read(from + place, to), pitch, step: bytes };',
    replace: 'return { bytes: read(from + bytes - 1 - place, to), pitch, step: bytes };',
    why: 'All values are little-endian.',
    tests: rows,
  },
];
