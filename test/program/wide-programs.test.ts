import { describe, expect, it } from 'vitest';
import { disassemble } from '../../src/assembler/disassemble.ts';
import { dataClasses } from '../../src/loader/matrix-data.ts';
import { decodeObject, encodeObject } from '../../src/program/object-file.ts';
import type { ElementType, Matrix, Program } from '../../src/program/program.ts';
import { checkOutputs } from '../../src/simulation/check.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { assembled } from '../assembler/assembling.ts';

// From the text to checked results: what the assembler, the object file, the disassembler and the
// loader make of 16 bits, packed images and parameter blocks is what the machine takes it for.

/** A matrix of values that are spread over its type. */
function spread(type: ElementType, rows: number, columns: number, step: number): Matrix {
  const data = new dataClasses[type](rows * columns);
  data.set(Array.from(data, (_, i) => (i * step) % 65536));
  return { type, rows, columns, data };
}

/** The same program as it is, out of an object file, and out of its disassembly. */
function formsOf(program: Program): Program[] {
  const decoded = decodeObject(encodeObject(program), 't.o').program!;
  return [program, decoded, assembled(disassemble(program))];
}

async function expectMatch(text: string, matrices: ReadonlyMap<string, Matrix>): Promise<void> {
  for (const program of formsOf(assembled(text))) {
    const { simulation } = await simulate(program, matrices);
    expect(checkOutputs(simulation!, matrices)).toEqual({ checked: 'full', match: true });
  }
}

/** Convolution of 5×5 pixels by 3×3 taps with a border of zeros, wrapping at 32 bits. */
function convolve(x: Matrix, w: Matrix): Matrix {
  const sums = new Int32Array(25 * w.columns);
  for (let pixel = 0; pixel < 25; pixel++) {
    for (let tap = 0; tap < 9; tap++) {
      const v = Math.floor(pixel / 5) + Math.floor(tap / 3) - 1;
      const u = (pixel % 5) + (tap % 3) - 1;
      if (v < 0 || v > 4 || u < 0 || u > 4) continue;
      for (let channel = 0; channel < 3; channel++) {
        const value = x.data[(5 * v + u) * 3 + channel]!;
        for (let n = 0; n < w.columns; n++) {
          const weight = w.data[(3 * tap + channel) * w.columns + n]!;
          sums[pixel * w.columns + n]! += Math.imul(value, weight);
        }
      }
    }
  }
  return { type: 'int32', rows: 25, columns: w.columns, data: sums };
}

describe('a program of 16 bits', () => {
  it('convolves a packed image with wide tiles, and is compared with constants', async () => {
    const text = `
.machine tpu-tiny
.matrix x, int16[5*5, 3], activations, packed
.matrix w, int16[3*3*3, 10], weights
.matrix y, int32[5*5, 10], result, packed
.matrix y_expected, int32[5*5, 10], constants
.buffer image, x.bytes
.buffer pixels, y.bytes
.accumulators sums, 2 * x.rows
.expect y = y_expected
  read_host_memory host=x, ub=image, bytes=x.bytes
  set_config image.height, 5
  set_config image.width, 5
  set_config image.channels, x.columns
  set_config image.pitch, x.pitch
  set_config window.height, 3
  set_config window.width, 3
  set_config window.origin_y, -1
  set_config window.origin_x, -1
n = 0
.rept w.n_blocks
  k = 0
  .rept w.k_blocks
    read_weights tile=w + 2*(k * w.n_blocks + n)
    set_config window.k, k * mxu.rows
    convolve ub=image, acc=sums + n*x.rows, rows=5, columns=5, activations=int16, weights=int16, switch, accumulate=k > 0
    k = k + 1
  .endr
  activate acc=sums + n*x.rows, rows=x.rows, columns=n ? y.columns - mxu.columns : mxu.columns, ub=pixels + 4*n*mxu.columns, pitch=y.pitch
  n = n + 1
.endr
  write_host_memory host=y, ub=pixels, bytes=y.bytes
  halt
`;
    const x = spread('int16', 25, 3, 7919);
    const w = spread('int16', 27, 10, 104_729);
    const matrices = { x, w, y_expected: convolve(x, w) };
    await expectMatch(text, new Map(Object.entries(matrices)));
  });

  it.each(['d', 's'])(
    'requantises a product by rule %s, a parameter block and 16 bits',
    async (rule) => {
      const text = `
.machine tpu-tiny
.matrix a, uint16[6, 8], activations
.matrix w, int16[8, 8], weights
.matrix bias, int32[1, 8], constants
.matrix multipliers, int32[1, 8], constants
.matrix shifts, int8[1, 8], constants
.matrix c, int16[6, 8], result
.parameters p, columns=8, bias=bias, multiplier=multipliers, shift=shifts
.buffer block, p.bytes
.buffer x, a.bytes
.buffer y, c.bytes
.expect c = matmul(a, w) + bias, rule=${rule}, multiplier=multipliers, shift=shifts, zero_point=5, clamp=-30000..30000
  read_host_memory host=p, ub=block, bytes=p.bytes
  read_host_memory host=a, ub=x, bytes=a.bytes
  read_weights tile=w
  set_config activation.parameters, block
  set_config activation.zero_point, 5
  set_config activation.clamp_low, -30000
  set_config activation.clamp_high, 30000
  matrix_multiply ub=x, acc=0, rows=6, activations=uint16, weights=int16, switch
  activate acc=0, rows=6, columns=8, ub=y, pitch=c.pitch, type=int16, rule=${rule}, parameters
  write_host_memory host=c, ub=y, bytes=c.bytes
  halt
`;
      const per = (type: ElementType, values: (column: number) => number): Matrix => {
        const matrix = spread(type, 1, 8, 0);
        matrix.data.set(Array.from({ length: 8 }, (_, column) => values(column)));
        return matrix;
      };
      const matrices = {
        a: spread('uint16', 6, 8, 40_503),
        w: spread('int16', 8, 8, 1047),
        bias: per('int32', (column) => 100_003 * column - 300_000),
        multipliers: per('int32', (column) => 2 ** 30 + 99_999_999 * column),
        shifts: per('int8', (column) => (column % 3) - 16),
      };
      await expectMatch(text, new Map(Object.entries(matrices)));
    },
  );
});
