const sequencer = 'src/sequencer/sequencer.ts';
const dependencies = 'src/sequencer/dependencies.ts';
const hazards = 'src/sequencer/hazard-check.ts';
const matrix = 'src/isa/instructions/matrix-multiply.ts';
const activate = 'src/isa/instructions/activate.ts';
const conversion = 'src/isa/conversion.ts';
const convolve = 'src/isa/instructions/convolve.ts';
const pool = 'src/isa/instructions/pool.ts';
const vector = 'src/isa/instructions/vector.ts';
const windows = 'src/numerics/image-window.ts';
const windowTests = ['test/numerics/image-window.test.ts'];
const imageRegions = ['test/isa/window-checks.test.ts'];
const vectorRegions = ['test/isa/vector-checks.test.ts'];
const restore = ['test/machine/restore.test.ts'];

/** Faults of regions: which ranges instructions hold, how long, and who waits for whom. */
export const dependencyMutants = [
  {
    name: 'a matrix instruction holds no bytes of the Unified Buffer',
    file: matrix,
    find: `        ...rowsRange(work, limits),
`,
    replace: `        from: rowsRange(work, limits).to,
        to: rowsRange(work, limits).to,
`,
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
    file: conversion,
    find: `    ...place('parameter block', parametersByte, parameterBlockBytes(limits.columns)),
`,
    replace: '',
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
    find: 'this.hazards.unsynced = structuredClone(saved.unsynced);',
    replace: '',
    why: 'With hazards=fault it would continue as another machine.',
    tests: restore,
  },
  {
    name: 'a table is not held',
    file: conversion,
    find: `    ...place('table', tableByte, tableBytes),
`,
    replace: '',
    why: 'It would be read before the host has delivered it.',
  },
  {
    name: 'a parameter block ends before its shifts',
    file: conversion,
    find: 'return bytesPerParameterColumn * columns;',
    replace: 'return (bytesPerParameterColumn - 1) * columns;',
    why: 'C biases, C multipliers and C shifts are 9·C bytes.',
  },
  {
    name: '16-bit rows hold half of their bytes',
    file: matrix,
    find: 'return { from: ubByte, to: last + limits.rows * bytes };',
    replace: 'return { from: ubByte, to: last + limits.rows };',
    why: 'The last row would be fed before it has arrived.',
  },
  {
    name: '16-bit rows lie W bytes apart',
    file: matrix,
    find: 'const last = ubByte + (rows - 1) * limits.rowBytes * bytes;',
    replace: 'const last = ubByte + (rows - 1) * limits.rowBytes;',
    why: 'They lie 2·W bytes apart.',
  },
  {
    name: 'a convolution holds a byte too few of its image',
    file: convolve,
    find: 'to = Math.max(to, ubByte + last + (lastChannel + 1) * activations.bytes);',
    replace: 'to = Math.max(to, ubByte + last + (lastChannel + 1) * activations.bytes - 1);',
    why: 'Its last element would be fed before it has arrived.',
    tests: imageRegions,
  },
  {
    name: 'a convolution holds its image from pixel (0, 0) on',
    file: convolve,
    find: 'from = Math.min(from, ubByte + first + firstChannel * activations.bytes);',
    replace: 'from = Math.min(from, ubByte);',
    why: 'It would wait for bytes that it does not read.',
    tests: imageRegions,
  },
  {
    name: 'a convolution holds all channels of its pixels',
    file: convolve,
    find: 'const lastChannel = Math.min(channels, firstChannel + end - element) - 1;',
    replace: 'const lastChannel = channels - 1;',
    why: 'With a K offset only some are read.',
    tests: imageRegions,
  },
  {
    name: 'a convolution holds one accumulator row for each row of pixels',
    file: convolve,
    find: `        to: work.accRow + work.rows,
        access: 'write',`,
    replace: `        to: work.accRow + work.rows / work.convolution.outputColumns,
        access: 'write',`,
    why: 'Its last pixels would be read before they have landed.',
  },
  {
    name: 'pooling holds a byte too few of its image',
    file: pool,
    find: 'to: sourceAddress + last * pixelPitch + resultBytes(work),',
    replace: 'to: sourceAddress + last * pixelPitch + resultBytes(work) - 1,',
    why: 'The last value would be read before it has been written.',
    tests: imageRegions,
  },
  {
    name: 'pooling holds one accumulator row too few',
    file: pool,
    find: 'const to = sourceAddress + last + 1;',
    replace: 'const to = sourceAddress + last;',
    why: 'The last pixel would be read before it has landed.',
    tests: imageRegions,
  },
  {
    name: 'operand b of vector is not held',
    file: vector,
    find: `        ['operand a', a],
        ['operand b', b],`,
    replace: "        ['operand a', a],",
    why: 'It would be read before it has been written.',
    tests: vectorRegions,
  },
  {
    name: 'operands of vector are held as if their rows were those of the results',
    file: vector,
    find: 'to: ubByte + (work.rows - 1) * pitch + operandBytes(work, operand) };',
    replace: 'to: ubByte + (work.rows - 1) * work.pitch + operandBytes(work, operand) };',
    why: 'Each operand has its own pitch, and a pitch of 0 is one row.',
    tests: vectorRegions,
  },
  {
    name: 'a tap covers the image without regard to the stride',
    file: windows,
    find: 'const firstOutput = Math.max(0, Math.ceil(-start / stride));',
    replace: 'const firstOutput = Math.max(0, Math.ceil(-start));',
    why: 'Regions would be too small, or lie beside the image.',
    tests: windowTests,
  },
  {
    name: 'windows cover only the taps of the last output',
    file: windows,
    find: 'first = Math.min(first, inside.start + inside.first * axis.dilation);',
    replace: 'first = inside.start + inside.first * axis.dilation;',
    why: 'Regions would be too small.',
    tests: windowTests,
  },
];
