import type { OperandShape } from '../program/declaration-checks.ts';
import {
  checkCopy,
  checkProduct,
  productTypes,
  shapeOfProduct,
} from '../program/expectation-checks.ts';
import type { ProductExpectation } from '../program/program.ts';
import type { AssemblyState } from './assembly-state.ts';
import { readProduct, type WrittenProduct } from './expect-product.ts';
import { findMatrix, reportNoMatrix } from './matrix-names.ts';
import { quote, spanOf, type WordToken } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

/** `.expect NAME = matmul(A, B) …` or `.expect NAME = CONSTANTS`. */
export function assembleExpect(state: AssemblyState, cursor: TokenCursor): void {
  const name = cursor.expectName('the name of what is expected');
  if (!name || !state.countDeclaration(name)) return;
  if (!cursor.expect('=', 'behind the name')) {
    markUnknown(state, name);
    return;
  }
  const word = cursor.expectName('matmul or the name of a matrix');
  if (!word) markUnknown(state, name);
  else if (cursor.sees('(') || word.text.toLowerCase() === 'matmul') {
    expectProduct(state, cursor, name, word);
  } else expectCopy(state, cursor, name, word);
}

function markUnknown(state: AssemblyState, name: WordToken): void {
  if (!state.matrices.has(name.text)) state.unknownMatrices.add(name.text);
}

function reportTwice(state: AssemblyState, name: WordToken): boolean {
  if (!state.expectations.has(name.text)) return false;
  state.reporter.report('A111', `${quote(name.text)} is expected already`, name);
  return true;
}

function expectProduct(
  state: AssemblyState,
  cursor: TokenCursor,
  name: WordToken,
  operation: WordToken,
): void {
  const written = readProduct(state, cursor, operation);
  if (!written || cursor.broken) {
    markUnknown(state, name);
    return;
  }
  if (reportTwice(state, name)) return;
  const matrixOf = (part: 'bZeroPoint' | 'scale' | 'multiplier' | 'shift') => {
    const word = written[part]?.matrix;
    return word && findMatrix(state, word);
  };
  const shapes = {
    a: findOperand(state, written.a),
    b: findOperand(state, written.b),
    bZeroPoint: matrixOf('bZeroPoint'),
    bias: written.bias && findMatrix(state, written.bias),
    scale: matrixOf('scale'),
    multiplier: matrixOf('multiplier'),
    shift: matrixOf('shift'),
    result: state.matrices.get(name.text),
  };
  const expectation = buildProduct(state, name, written, spanOf(cursor.statement));
  const problems = checkProduct(expectation, shapes);
  for (const { part, reason, help } of problems) {
    const place = written.places.get(part) ?? name;
    state.reporter.report('A122', reason, place, help);
  }
  state.expectations.set(name.text, expectation);
  if (problems.length > 0 || !shapes.a || !shapes.b) markUnknown(state, name);
  else state.intermediates.set(name.text, shapeOfProduct(expectation, shapes.a, shapes.b));
}

/** Type and shape of a factor: a declared matrix, or what an earlier expectation computes. */
function findOperand(state: AssemblyState, name: WordToken): OperandShape | undefined {
  const shape = state.matrices.get(name.text) ?? state.intermediates.get(name.text);
  if (!shape) reportNoMatrix(state, name, [...state.matrices.keys(), ...state.expectations.keys()]);
  return shape;
}

function buildProduct(
  state: AssemblyState,
  name: WordToken,
  written: WrittenProduct,
  source: ReturnType<typeof spanOf>,
): ProductExpectation {
  const declared = productTypes.find((t) => t === state.matrices.get(name.text)?.type);
  const { rule } = written;
  const isRequantised = written.scale || written.multiplier || rule !== undefined;
  const scale = written.scale?.value;
  // A value with a mistake was given all the same.
  const multiplier = written.multiplier && (written.multiplier.value ?? 0);
  const shift = written.shift && (written.shift.value ?? 0);
  const aZeroPoint = written.aZeroPoint?.value;
  const bZeroPoint = written.bZeroPoint?.value;
  const zeroPoint = written.zeroPoint?.value;
  const low = written.clamp?.low.value;
  const high = written.clamp?.high.value;
  return {
    kind: 'matmul',
    name: name.text,
    type: written.type ?? declared ?? (isRequantised ? 'int8' : 'int32'),
    a: written.a.text,
    b: written.b.text,
    ...(aZeroPoint !== undefined && { aZeroPoint }),
    ...(bZeroPoint !== undefined && { bZeroPoint }),
    ...(written.bias && { bias: written.bias.text }),
    ...((rule === 'd' || rule === 's') && { rule }),
    ...(scale !== undefined && { scale }),
    ...(multiplier !== undefined && { multiplier }),
    ...(shift !== undefined && { shift }),
    ...(zeroPoint !== undefined && { zeroPoint }),
    ...(low !== undefined && high !== undefined && { clamp: [low, high] as const }),
    ...(written.relu && { relu: true }),
    source,
  };
}

/** `.expect NAME = CONSTANTS`. */
function expectCopy(
  state: AssemblyState,
  cursor: TokenCursor,
  name: WordToken,
  of: WordToken,
): void {
  if (!cursor.ended) {
    cursor.failHere('expected the end of the statement', 'options belong to matmul(A, B)');
    markUnknown(state, name);
    return;
  }
  if (reportTwice(state, name)) return;
  const result = findMatrix(state, name);
  if (state.intermediates.has(of.text) && !state.matrices.has(of.text)) {
    state.reporter.report('A122', `${quote(of.text)} is not a matrix of constants`, of);
    return;
  }
  const source = findMatrix(state, of);
  if (!result || !source) return;
  const copy = { kind: 'copy', name: name.text, type: result.type, of: of.text } as const;
  for (const { part, reason, help } of checkCopy(copy, { result, source })) {
    state.reporter.report('A122', reason, part === 'of' ? of : name, help);
  }
  state.expectations.set(name.text, { ...copy, source: spanOf(cursor.statement) });
}
