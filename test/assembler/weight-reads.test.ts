import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disassemble } from '../../src/assembler/disassemble.ts';
import { encodeProgram } from '../../src/isa/encoding.ts';
import { assembled, codesOf, diagnosed } from './assembling.ts';

describe('read_weights', () => {
  // 8×8 tiles: 20 rows are 3 K blocks (8, 8, 4), 12 columns are 2 N blocks (8, 4).
  const before =
    '.machine tpu-tiny\n.matrix v, int8[8, 8], weights\n.matrix w, int8[20, 12], weights';
  const dimensionsOf = (line: string) => {
    const operands = assembled(`${before}\n${line}\nhalt`).instructions[0]?.operands;
    return [operands?.rows, operands?.columns];
  };

  it.each([
    ['read_weights v', [0, 0]],
    ['read_weights w', [0, 0]],
    ['read_weights w + 1', [0, 4]],
    ['read_weights w + 4', [4, 0]],
    ['read_weights w + 5', [4, 4]],
    ['read_weights w + 6', [0, 0]],
    ['read_weights w + 5, rows=0', [0, 0]],
    ['read_weights w + 5, useful=3', [0, 0]],
    ['read_weights w + 3, repeat=1', [0, 4]],
    // Where the source says what they are, tiles may differ.
    ['read_weights w, repeat=2, rows=0', [0, 0]],
    ['read_weights w, repeat=6, columns=0', [0, 0]],
    ['read_weights w, repeat=6, useful=16', [0, 0]],
    ['read_weights w + 4, repeat=2, rows=4, columns=4', [4, 4]],
    // Tiles of several matrices, or of none, have no true dimensions in common.
    ['read_weights v, repeat=2', [0, 0]],
    ['read_weights w + 5, repeat=2', [0, 0]],
    ['read_weights w + 6, repeat=2', [0, 0]],
  ])('%s has the true dimensions %j', (line, dimensions) => {
    expect(dimensionsOf(line)).toEqual(dimensions);
  });

  it.each([
    // Tiles of w: 8×8, 8×4, 8×8, 8×4, 4×8, 4×4, from tile 1 on.
    ['read_weights w, repeat=2', 2],
    ['read_weights w + 2, repeat=4', 4],
    ['read_weights w + 4, repeat=2', 6],
    ['read_weights w + 3, repeat=2', 5],
    // The first that differs, though tiles behind the matrix would differ too.
    ['read_weights w + 4, repeat=9', 6],
  ])('%s is A122: tile %i is the first that differs', (line, tile) => {
    const source = `${before}\n${line}\nhalt`;
    expect(codesOf(source)).toEqual(['A122']);
    expect(diagnosed(source).split('\n')).toEqual([
      `t.tpu:4:14: error[A122]: tile ${tile} has other true dimensions than the tiles before it`,
      `  ${line}`,
      `  ${' '.repeat('read_weights '.length)}${'^'.repeat(line.indexOf(',') - 'read_weights '.length)}`,
      '  help: read it by itself, or give rows and columns: they feed the counters of useful MACs',
    ]);
  });

  it('fills them in for repetitions of tiles that are alike', () => {
    const source =
      '.machine tpu-tiny\n.matrix w, int8[16, 5], weights\nread_weights w, repeat=2\nhalt';
    expect(assembled(source).instructions[0]?.operands).toMatchObject({ rows: 0, columns: 5 });
  });
});

describe('wide tiles', () => {
  // 8×8 tiles. v: 8 bits, tile 0. w: 16 bits, 20×12: 3 K blocks, 2 N blocks, tiles 1..12. Behind
  // them x: 8 bits, tile 13, and nothing from tile 14 on.
  const before = [
    '.machine tpu-tiny',
    '.matrix v, int8[8, 8], weights',
    '.matrix w, int16[20, 12], weights',
    '.matrix x, uint8[8, 3], weights',
    '',
  ].join('\n');
  const readOf = (line: string) => {
    const { wide, rows, columns } = assembled(`${before}${line}\nhalt`).instructions[0]!.operands;
    return [wide, rows, columns];
  };

  it.each([
    ['read_weights v', [0, 0, 0]],
    ['read_weights w', [1, 0, 0]],
    ['read_weights w, wide', [1, 0, 0]],
    ['read_weights w + 2*1', [1, 0, 4]],
    ['read_weights w + 2*4', [1, 4, 0]],
    ['read_weights w + 2*5', [1, 4, 4]],
    ['read_weights w + 2*5, wide=1', [1, 4, 4]],
    // The sizes are given: only the width is filled in.
    ['read_weights w + 2*5, rows=0', [1, 0, 0]],
    ['read_weights w + 2*5, useful=3', [1, 0, 0]],
    // One half by itself has the dimensions of its block.
    ['read_weights w + 2*5, wide=0', [0, 4, 4]],
    ['read_weights w + 2*5 + 1, wide=0', [0, 4, 4]],
    ['read_weights w + 2*5, wide=0, repeat=2', [0, 4, 4]],
    ['read_weights w, repeat=2, rows=0', [1, 0, 0]],
    ['read_weights w + 2*5, repeat=1', [1, 4, 4]],
    // Where nothing is declared the source alone decides.
    ['read_weights 14', [0, 0, 0]],
    ['read_weights 14, wide', [1, 0, 0]],
    ['read_weights w + 2*5, wide, rows=1, columns=2', [1, 1, 2]],
  ])('%s has wide, rows and columns %j', (line, operands) => {
    expect(readOf(line)).toEqual(operands);
  });

  it('have the dimensions of repetitions that are alike, two tiles apart', () => {
    const source =
      '.machine tpu-tiny\n.matrix w, uint16[24, 5], weights\nread_weights w, repeat=3\nhalt';
    const { wide, rows, columns } = assembled(source).instructions[0]!.operands;
    expect([wide, rows, columns]).toEqual([1, 0, 5]);
  });

  it.each([
    ['read_weights v, wide', "tile 0 is of 'v', which is int8", 17],
    ['read_weights 13, wide=1', "tile 13 is of 'x', which is uint8", 23],
    ['read_weights w + 1', "tile 2 holds high bytes of 'w'", 14],
    ['read_weights w + 1, wide', "tile 2 holds high bytes of 'w'", 14],
    // Repetition 6 leaves w, at the tile of x.
    ['read_weights w, repeat=7, rows=0', "tile 13 is of 'x'", 14],
    ['read_weights w, repeat=7', "tile 13 is of 'x'", 14],
    // Repetitions are two tiles apart: blocks of 8×8, 8×4, 8×8, 8×4, 4×8, 4×4.
    ['read_weights w, repeat=2', 'tile 3 has other true dimensions', 14],
    ['read_weights w + 2*2, repeat=4', 'tile 7 has other true dimensions', 14],
    ['read_weights w + 2*3, repeat=3', 'tile 9 has other true dimensions', 14],
    ['read_weights 0, wide, repeat=2', "tile 0 is of 'v'", 17],
  ])('%s is A122: %s, column %i', (line, words, column) => {
    const source = `${before}${line}\nhalt`;
    expect(codesOf(source)).toEqual(['A122']);
    expect(diagnosed(source)).toContain(words);
    expect(diagnosed(source)).toContain(`t.tpu:5:${column}: `);
  });

  it('are checked against what is declared behind them, too', () => {
    const late = '.machine tpu-tiny\nread_weights 0, wide\n.matrix v, int8[8, 8], weights\nhalt';
    expect(diagnosed(late)).toMatch(/^t\.tpu:2:17: error\[A122\]: wide reads weights of 16 bits/);
    expect(codesOf(late.replace('int8', 'int16'))).toEqual([]);
  });

  it('mean nothing where the machine has a mistake', () => {
    const source = `.machine tpu-tinny\n.matrix v, int8[8, 8], weights\nread_weights v, wide\nhalt`;
    expect(codesOf(source)).toEqual(['C403']);
  });

  it('are disassembled so that they assemble to the same', () => {
    const lines = [
      'read_weights w',
      'read_weights w + 10',
      'read_weights w + 10, wide=0',
      'read_weights w + 11, wide=0, rows=0',
      'read_weights w + 2, wide, rows=0, repeat=3',
      'read_weights 20, wide',
    ];
    const program = assembled(`${before}${lines.join('\n')}\nhalt`);
    const text = disassemble(program);
    expect(text.match(/^read_weights .*$/gm)).toEqual([
      'read_weights tile=1, wide',
      'read_weights tile=11, rows=4, columns=4, wide',
      'read_weights tile=11, rows=4, columns=4, wide=0',
      'read_weights tile=12, wide=0, rows=0',
      // Its blocks differ, which rows=0 makes legal.
      'read_weights tile=3, repeat=3, wide, rows=0',
      'read_weights tile=20, wide',
    ]);
    expect(encodeProgram(assembled(text).instructions)).toEqual(
      encodeProgram(program.instructions),
    );
  });

  it('come back from the disassembler, whatever is read of whatever matrices', () => {
    const matrix = fc.record({
      type: fc.constantFrom('int8', 'uint16'),
      rows: fc.integer({ min: 1, max: 20 }),
      columns: fc.integer({ min: 1, max: 20 }),
      at: fc.integer({ min: 0, max: 12 }),
    });
    const read = fc.record({
      tile: fc.integer({ min: 0, max: 24 }),
      repeat: fc.integer({ min: 1, max: 4 }),
      more: fc.constantFrom('', ', wide', ', wide=0', ', rows=0', ', wide=0, rows=0', ', useful=3'),
    });
    fc.assert(
      fc.property(fc.array(matrix, { maxLength: 3 }), fc.array(read), (matrices, reads) => {
        const declared = matrices.map(
          ({ type, rows, columns, at }, i) =>
            `.matrix m${i}, ${type}[${rows}, ${columns}], weights, at=${at}\n`,
        );
        const head = `.machine tpu-tiny\n${declared.join('')}`;
        const legal = reads
          .map(({ tile, repeat, more }) => `read_weights ${tile}, repeat=${repeat}${more}\n`)
          .filter((line) => codesOf(`${head}${line}halt`).length === 0);
        const program = assembled(`${head}${legal.join('')}halt`);
        const again = assembled(disassemble(program));
        expect(encodeProgram(again.instructions)).toEqual(encodeProgram(program.instructions));
      }),
      { numRuns: 300 },
    );
  });
});
