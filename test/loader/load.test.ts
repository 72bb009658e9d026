import { describe, expect, it } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { formatDiagnostic } from '../../src/errors/diagnostic.ts';
import { loadProgram, readResults } from '../../src/loader/load.ts';
import type { Matrix, MatrixDeclaration, Program } from '../../src/program/program.ts';
import { countingMatrix, matrixOf } from './matrices.ts';
import { declare } from './programs.ts';

const source = { file: 'test.tpu', line: 3, column: 1, length: 7 };
const a: MatrixDeclaration = {
  name: 'a',
  type: 'uint8',
  rows: 2,
  columns: 9,
  role: 'activations',
  address: 64,
  source,
};
const w: MatrixDeclaration = {
  name: 'w',
  type: 'int8',
  rows: 9,
  columns: 3,
  role: 'weights',
  address: 5,
};
const c: MatrixDeclaration = {
  name: 'c',
  type: 'int32',
  rows: 2,
  columns: 3,
  role: 'result',
  address: 256,
};
const bias: MatrixDeclaration = {
  name: 'bias',
  type: 'int32',
  rows: 1,
  columns: 3,
  role: 'constants',
  address: 0,
};
const parameters = [{ name: 'p', columns: 3, address: 512, bias: 'bias', scale: 0.5 }];

function dataOf(...declarations: readonly MatrixDeclaration[]): Map<string, Matrix> {
  return new Map(
    declarations.map(({ name, type, rows, columns }) => [
      name,
      countingMatrix(type, rows, columns),
    ]),
  );
}

function messagesOf(program: Program, matrices: ReadonlyMap<string, Matrix>): string {
  const result = loadProgram(program, matrices);
  expect(result.image).toBeUndefined();
  return result.diagnostics.map(formatDiagnostic).join('\n');
}

describe('loading', () => {
  it('places activations, weights and parameters where the declarations say', () => {
    const { image } = loadProgram(declare([a, w, c, bias], { parameters }), dataOf(a, w, bias));
    // tpu-tiny: R = C = W = 8. a: two blocks of 2 rows; w: two tiles from tile 5 on; p: 9·8 bytes.
    expect(image?.hostMemory.map((p) => [p.byte, p.bytes.length])).toEqual([
      [64, 2 * 2 * 8],
      [512, 72],
    ]);
    expect(image?.weightMemory.map((p) => [p.byte, p.bytes.length])).toEqual([[320, 128]]);
    expect([...image!.hostMemory[0]!.bytes.subarray(0, 17)]).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 9],
    ]);
    expect([...image!.weightMemory[0]!.bytes.subarray(0, 9)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 4]);
    expect([...image!.hostMemory[1]!.bytes.subarray(0, 5)]).toEqual([1, 2, 3, 4, 5]);
  });

  it('places wide tiles by their index, packed images by their bytes', () => {
    const x = { ...a, rows: 4, columns: 3, packed: true } as const;
    const wide = { ...w, type: 'int16' } as const;
    const { image } = loadProgram(declare([x, wide]), dataOf(x, wide));
    expect(image?.hostMemory.map((p) => [p.byte, p.bytes.length])).toEqual([[64, 12]]);
    // Two K blocks of two tiles, from tile 5 on; weights count 0x0201, 0x0403, …
    expect(image?.weightMemory.map((p) => [p.byte, p.bytes.length])).toEqual([[320, 256]]);
    const { bytes } = image!.weightMemory[0]!;
    expect([...bytes.subarray(0, 4), ...bytes.subarray(64, 68)]).toEqual([1, 3, 5, 0, 2, 4, 6, 0]);
  });

  it('takes packed results as they lie', () => {
    const y = { ...c, type: 'int16', columns: 20, packed: true } as const;
    const results = readResults(declare([y]), (from, to) => {
      expect([from, to]).toEqual([256, 256 + 2 * 20 * 2]);
      return Uint8Array.from({ length: to - from }, (_, i) => (i === 40 ? 7 : 0));
    });
    expect(results.get('c')!.data.indexOf(7)).toBe(20);
  });

  it('reads the results from host memory', () => {
    const asked: number[][] = [];
    const results = readResults(declare([a, c]), (from, to) => {
      asked.push([from, to]);
      const bytes = new Uint8Array(to - from);
      new DataView(bytes.buffer).setInt32(32 + 8, -7, true);
      return bytes;
    });
    // Two rows of 8·4 bytes from 256 on, the last one to its last value: row 1, column 2.
    expect(asked).toEqual([[256, 300]]);
    expect([...results]).toEqual([['c', matrixOf('int32', 2, 3, [0, 0, 0, 0, 0, -7])]]);
  });
});

describe('L304, L305, L307, L309: what is refused', () => {
  it('L307: a matrix without data', () => {
    expect(messagesOf(declare([a]), new Map())).toBe(
      'test.tpu:3:1: error[L307]: matrix a: no data for its 2×9 uint8 values\n  help: name a file in its declaration, or give one with a flag',
    );
    expect(messagesOf(declare([{ ...w, file: 'w.npy' }]), new Map())).toBe(
      'error[L307]: matrix w: no data for its 9×3 int8 values\n  help: its file is w.npy',
    );
  });

  it('L304: another shape', () => {
    const matrices = new Map([['w', countingMatrix('int8', 3, 9)]]);
    expect(messagesOf(declare([w]), matrices)).toBe(
      'error[L304]: matrix w: shape 3×9, declared 9×3\n  help: it fits if it is transposed',
    );
    const short = { ...countingMatrix('int8', 9, 3), data: new Int8Array(5) };
    expect(messagesOf(declare([w]), new Map([['w', short]]))).toBe(
      'error[L304]: matrix w: 5 values, shape 9×3 needs 27',
    );
  });

  it('L305: another type', () => {
    const matrices = new Map([['a', countingMatrix('int8', 2, 9)]]);
    expect(messagesOf(declare([a]), matrices)).toBe(
      'test.tpu:3:1: error[L305]: matrix a: type int8, declared uint8',
    );
    const false8 = { ...countingMatrix('uint8', 2, 9), data: new Float32Array(18) };
    expect(messagesOf(declare([a]), new Map([['a', false8]]))).toBe(
      'test.tpu:3:1: error[L305]: matrix a: values in Float32Array, type uint8 needs another',
    );
  });

  it('L309: beyond its memory, results and parameters too', () => {
    // tpu-tiny: 1 MiB of host memory, 64 KiB / 64 = 1024 tiles.
    const program = declare(
      [
        { ...a, address: 2 ** 20 - 31 },
        { ...w, address: 1023 },
        { ...c, address: 2 ** 20 },
      ],
      { parameters: [{ name: 'p', columns: 3, address: 2 ** 20 - 71 }] },
    );
    expect(messagesOf(program, dataOf(a, w))).toBe(
      [
        'test.tpu:3:1: error[L309]: matrix a: host memory bytes 1048545..1048576 are outside 0..1048575',
        '  help: raise hostMemory.bytes, or make the matrix smaller',
        'error[L309]: matrix w: weight memory tiles 1023..1024 are outside 0..1023',
        '  help: raise weightMemory.bytes, or make the matrix smaller',
        'error[L309]: matrix c: host memory bytes 1048576..1048639 are outside 0..1048575',
        '  help: raise hostMemory.bytes, or make the matrix smaller',
        'error[L309]: parameters p: host memory bytes 1048505..1048576 are outside 0..1048575',
        '  help: raise hostMemory.bytes, or make the matrix smaller',
      ].join('\n'),
    );
  });

  it('accepts what ends with its memory', () => {
    const declarations = [
      { ...a, address: 2 ** 20 - 32 },
      { ...w, address: 1022 },
      { ...c, address: 2 ** 20 - 64 },
    ];
    const program = declare(declarations, {
      parameters: [{ name: 'p', columns: 3, address: 2 ** 20 - 72 }],
    });
    expect(loadProgram(program, dataOf(a, w)).diagnostics).toEqual([]);
  });

  it('says what does not suit a parameter block', () => {
    const program = declare([bias, c], {
      configuration: presets['tpu-tiny'],
      parameters: [
        { name: 'p', columns: 4, address: 0, bias: 'bias', scale: 'bias' },
        { name: 'q', columns: 3, address: 0, bias: 'c', scale: 'nowhere', source },
        { name: 'r', columns: 3, address: 0, multiplier: 'bias', shift: 'bias' },
      ],
    });
    expect(messagesOf(program, dataOf(bias))).toBe(
      [
        'error[L304]: parameters p: bias has shape 1×3, needed 1×4',
        'error[L304]: parameters p: bias has shape 1×3, needed 1×4',
        'error[L305]: parameters p: bias has type int32, needed float32',
        "test.tpu:3:1: error[L307]: parameters q: no constants 'c' are declared",
        "test.tpu:3:1: error[L307]: parameters q: no constants 'nowhere' are declared",
        'error[L305]: parameters r: bias has type int32, needed int8',
      ].join('\n'),
    );
  });
});
