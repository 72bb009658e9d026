import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/errors/internal-error.ts';
import { readWeights } from '../../src/isa/instructions/read-weights.ts';
import { sync } from '../../src/isa/instructions/sync.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';

describe('makeInstruction', () => {
  it('gives every operand its value or its default', () => {
    // Defaults: one repetition, all rows and columns (0), all weights useful (all ones).
    const operands = { repeat: 1, tile: 7, rows: 0, columns: 5, useful: 0xffffffff };
    expect(makeInstruction(readWeights, { tile: 7, columns: 5 }).operands).toEqual(operands);
  });

  it('leaves out fields without a meaning', () => {
    expect(makeInstruction(sync).operands).toEqual({ pipelines: 15 });
  });

  it('refuses an operand that is missing or unknown', () => {
    expect(() => makeInstruction(readWeights)).toThrow(InternalError);
    expect(() => makeInstruction(readWeights, { tile: 0, tiles: 1 })).toThrow(InternalError);
  });
});
