import { suggest } from '../errors/suggestion.ts';
import {
  checkExpectation,
  type ExpectationPart,
  type OperandShape,
  shapeOfExpectation,
} from '../program/declaration-checks.ts';
import type { Expectation } from '../program/program.ts';
import type { AssemblyState } from './assembly-state.ts';
import { readMatrixName, readOptions, readScale, type ScaleValue } from './declaration-parts.ts';
import { findMatrix, reportNoMatrix } from './matrix-names.ts';
import { type Place, quote, spanOf, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';
import { type PlacedValue, readBounded } from './values.ts';

const expectationTypes = ['int32', 'int8', 'uint8'] as const;

interface Written {
  a: WordToken;
  b: WordToken;
  aZeroPoint?: PlacedValue;
  bZeroPoint?: { value: number | string | undefined; matrix?: WordToken };
  bias?: WordToken;
  scale?: ScaleValue;
  zeroPoint?: PlacedValue;
  clamp?: { low: PlacedValue; high: PlacedValue };
  relu?: true;
  type?: (typeof expectationTypes)[number];
  places: Map<ExpectationPart, Place>;
}

/**
 * `.expect NAME = matmul(A, B) [+ BIAS] [, a_zero_point=N] [, b_zero_point=…] [, scale=…]
 * [, zero_point=N] [, clamp=LOW..HIGH] …`.
 */
export function assembleExpect(state: AssemblyState, cursor: TokenCursor): void {
  const name = cursor.expectName('the name of what is expected');
  if (!name || !state.countDeclaration(name)) return;
  const written = readFormula(state, cursor);
  if (!written || cursor.broken) {
    markUnknown(state, name);
    return;
  }
  if (state.expectations.has(name.text)) {
    state.reporter.report('A111', `${quote(name.text)} is expected already`, name);
    return;
  }
  const shapes = {
    a: findOperand(state, written.a),
    b: findOperand(state, written.b),
    bZeroPoint: written.bZeroPoint?.matrix && findMatrix(state, written.bZeroPoint.matrix),
    bias: written.bias && findMatrix(state, written.bias),
    scale: written.scale?.matrix && findMatrix(state, written.scale.matrix),
    result: state.matrices.get(name.text),
  };
  const expectation = buildExpectation(state, name, written, spanOf(cursor.statement));
  const problems = checkExpectation(expectation, shapes);
  for (const { part, reason, help } of problems) {
    const place = written.places.get(part) ?? name;
    state.reporter.report('A122', reason, place, help);
  }
  state.expectations.set(name.text, expectation);
  if (problems.length > 0 || !shapes.a || !shapes.b) markUnknown(state, name);
  else state.intermediates.set(name.text, shapeOfExpectation(expectation, shapes.a, shapes.b));
}

function markUnknown(state: AssemblyState, name: WordToken): void {
  if (!state.matrices.has(name.text)) state.unknownMatrices.add(name.text);
}

/** Type and shape of a factor: a declared matrix, or what an earlier expectation computes. */
function findOperand(state: AssemblyState, name: WordToken): OperandShape | undefined {
  const shape = shapeOf(state, name.text);
  if (!shape) reportNoMatrix(state, name, [...state.matrices.keys(), ...state.expectations.keys()]);
  return shape;
}

function shapeOf(state: AssemblyState, name: string): OperandShape | undefined {
  return state.matrices.get(name) ?? state.intermediates.get(name);
}

function readFormula(state: AssemblyState, cursor: TokenCursor): Written | undefined {
  if (!cursor.expect('=', 'behind the name')) return undefined;
  const word = cursor.expectName('matmul');
  if (word && word.text.toLowerCase() !== 'matmul') {
    const help = 'the one operation is matmul(A, B)';
    cursor.fail('A105', `expected matmul, found ${quote(word.text)}`, word, help);
  }
  if (!word || cursor.broken || !cursor.expect('(', 'behind matmul')) return undefined;
  const a = cursor.expectName('a matrix');
  if (!a || !cursor.expect(',', 'between the matrices')) return undefined;
  const b = cursor.expectName('a matrix');
  if (!b || !cursor.expect(')', 'behind the matrices')) return undefined;
  const written: Written = { a, b, places: new Map() };
  written.places.set('a', a).set('b', b);
  if (cursor.takeIf('+')) {
    const bias = cursor.expectName('a matrix of biases');
    if (!bias) return undefined;
    written.bias = bias;
    written.places.set('bias', bias);
  }
  readFormulaOptions(state, cursor, written);
  return written;
}

function readFormulaOptions(state: AssemblyState, cursor: TokenCursor, written: Written): void {
  const { places } = written;
  const valued = (part: ExpectationPart, read: () => void) => (key: Place) => {
    places.set(part, key);
    if (cursor.expect('=', 'behind the option')) read();
  };
  const int32 = (what: string) => readBounded(state, cursor, what, -(2 ** 31), 2 ** 31 - 1);
  readOptions(cursor, '.expect', {
    a_zero_point: valued('aZeroPoint', () => {
      written.aZeroPoint = int32('a_zero_point');
    }),
    b_zero_point: valued('bZeroPoint', () => {
      const matrix = readMatrixName(state, cursor);
      written.bZeroPoint = matrix
        ? { value: matrix.text, matrix }
        : { value: int32('b_zero_point').value };
    }),
    scale: valued('scale', () => {
      written.scale = readScale(state, cursor);
    }),
    zero_point: valued('zeroPoint', () => {
      written.zeroPoint = int32('zero_point');
    }),
    clamp: valued('clamp', () => {
      const low = int32('clamp');
      if (cursor.expect('..', 'between the bounds of clamp')) {
        written.clamp = { low, high: int32('clamp') };
      }
    }),
    relu: () => {
      written.relu = true;
    },
    type: valued('type', () => {
      const type = cursor.expectName('int32, int8 or uint8');
      const known = expectationTypes.find((t) => t === type?.text.toLowerCase());
      if (known) written.type = known;
      else if (type) {
        const message = `${quote(type.text)} is no type of an expectation`;
        cursor.fail('A122', message, type, () => suggest(type.text, expectationTypes));
      }
    }),
  });
}

function buildExpectation(
  state: AssemblyState,
  name: WordToken,
  written: Written,
  source: ReturnType<typeof spanOf>,
): Expectation {
  const declared = expectationTypes.find((t) => t === state.matrices.get(name.text)?.type);
  const scale = written.scale?.value;
  const aZeroPoint = written.aZeroPoint?.value;
  const bZeroPoint = written.bZeroPoint?.value;
  const zeroPoint = written.zeroPoint?.value;
  const low = written.clamp?.low.value;
  const high = written.clamp?.high.value;
  return {
    name: name.text,
    type: written.type ?? declared ?? (written.scale ? 'int8' : 'int32'),
    a: written.a.text,
    b: written.b.text,
    ...(aZeroPoint !== undefined && { aZeroPoint }),
    ...(bZeroPoint !== undefined && { bZeroPoint }),
    ...(written.bias && { bias: written.bias.text }),
    ...(scale !== undefined && { scale }),
    ...(zeroPoint !== undefined && { zeroPoint }),
    ...(low !== undefined && high !== undefined && { clamp: [low, high] as const }),
    ...(written.relu && { relu: true }),
    source,
  };
}
