import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/errors/internal-error.ts';
import { readWeights } from '../../src/isa/instructions/read-weights.ts';
import { sync } from '../../src/isa/instructions/sync.ts';
import { vector } from '../../src/isa/instructions/vector.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';

describe('makeInstruction', () => {
  it('gives every operand its value or its default', () => {
    // Defaults: one tile, one repetition, all rows and columns (0), all weights useful (all ones).
    const operands = { wide: 0, repeat: 1, tile: 7, rows: 0, columns: 5, useful: 0xffffffff };
    expect(makeInstruction(readWeights, { tile: 7, columns: 5 }).operands).toEqual(operands);
  });

  it('leaves out fields without a meaning', () => {
    expect(makeInstruction(sync).operands).toEqual({ pipelines: 15 });
  });

  it('derives operands from others, unless they are given', () => {
    // tanh (4) of int16 (3): no operand b, rows of 5 values of 2 bytes.
    const given = { operation: 4, a_type: 3, type: 3, a: 0, rows: 2, columns: 5, ub: 64 };
    const rest = { rule: 0, repeat: 1, b_type: 3, b: 0, a_pitch: 10, b_pitch: 0, pitch: 10 };
    expect(makeInstruction(vector, given).operands).toEqual({ ...given, ...rest });
    // Results of int8 (1) for add (0) of int16 and uint8 (2).
    const add = { ...given, operation: 0, type: 1, b: 32, b_type: 2, pitch: 9 };
    expect(makeInstruction(vector, add).operands).toMatchObject({
      a_pitch: 10,
      b_pitch: 5,
      ...add,
    });
  });

  it('refuses an operand that could only be derived of some operations', () => {
    const add = { operation: 0, a_type: 1, type: 1, a: 0, rows: 2, columns: 5, ub: 64 };
    expect(() => makeInstruction(vector, add)).toThrow('vector without b');
    const { columns: _, ...narrow } = add;
    expect(() => makeInstruction(vector, narrow)).toThrow(/vector without b, columns$/);
  });

  it('refuses an operand that is missing or unknown', () => {
    expect(() => makeInstruction(readWeights)).toThrow(InternalError);
    expect(() => makeInstruction(readWeights, { tile: 0, tiles: 1 })).toThrow(InternalError);
  });
});
