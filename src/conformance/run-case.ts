import { compileOperator } from '../compiler/compile-operator.ts';
import type { CompileOptions } from '../compiler/compile-options.ts';
import {
  type CompiledOperator,
  collectResult,
  splitResult,
} from '../compiler/compiled-operator.ts';
import type { Tensor } from '../compiler/operator.ts';
import { type Diagnostic, DiagnosticError } from '../errors/diagnostic.ts';
import type { Matrix, MatrixDeclaration, Program } from '../program/program.ts';
import { readOutputs, type SimulationOptions, simulate } from '../simulation/simulate.ts';
import { computeHostCase, isHostCase } from './host-case.ts';
import { type LoweredCase, lowerCase } from './lower-case.ts';
import type { OperatorCase } from './operator-case.ts';

/** The first value that is not the expected one. */
export interface CaseDifference {
  /** The expected tensor: `output`; of dynamic_quantize_linear also `scale` and `zero_point`. */
  readonly tensor: string;
  /** Position in the result as the machine orders it: images NHWC, products [batch, m, n]. */
  readonly index: readonly number[];
  readonly expected: number;
  readonly got: number;
}

/** How a case came out. */
export interface CaseResult {
  readonly name: string;
  readonly kind: OperatorCase['kind'];
  /** False also if the program did not come to its end. */
  readonly match: boolean;
  readonly status: 'finished' | 'limit' | 'interrupted';
  /** Null for what the host computes. */
  readonly cycles: number | null;
  /** Cell cycles with useful weights of all cell cycles, 0..1; null for what the host computes. */
  readonly utilisation: number | null;
  readonly firstDifference: CaseDifference | null;
  /** Values compared. */
  readonly values: number;
}

/** The program of a case with its operands, expecting the result of the case. */
export interface CaseProgram {
  readonly program: Program;
  /** Values of all its matrices, those of the expected results included. */
  readonly matrices: ReadonlyMap<string, Matrix>;
}

/** A case as it goes to the machine; the host computes the others. */
export interface PreparedCase extends CaseProgram {
  readonly compiled: CompiledOperator;
  readonly expected: Tensor;
}

export type PrepareCaseResult =
  | { readonly prepared: PreparedCase; readonly diagnostics: readonly [] }
  | { readonly prepared: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Compiles a case for a machine; `prepared` is undefined for what the host computes. */
export function prepareCase(given: OperatorCase, options: CompileOptions): PrepareCaseResult {
  if (isHostCase(given)) return { prepared: undefined, diagnostics: [] };
  let lowered: LoweredCase;
  try {
    lowered = lowerCase(given);
  } catch (error) {
    if (error instanceof DiagnosticError) return refuse(given, error.diagnostics);
    throw error;
  }
  const { operator, tensors, expected } = lowered;
  const { compiled, diagnostics } = compileOperator(operator, options);
  if (!compiled) return refuse(given, diagnostics);
  const { resultShape, resultType } = compiled;
  if (resultShape.join() !== expected.shape.join() || resultType !== expected.type) {
    const described = `${resultType}[${resultShape.join(', ')}]`;
    const message = `expected.output: is ${expected.type}[${expected.shape.join(', ')}], the operator gives ${described}`;
    return refuse(given, [{ code: 'L312', message }]);
  }
  const operands = compiled.bind(tensors);
  const prepared = { ...addExpectation(given, compiled, operands, expected), compiled, expected };
  return { prepared, diagnostics: [] };
}

/** Puts the name of a case before everything that is wrong with it. */
function refuse(given: OperatorCase, diagnostics: readonly Diagnostic[]): PrepareCaseResult {
  const named = diagnostics.map((d) => ({ ...d, message: `${given.name}: ${d.message}` }));
  return { prepared: undefined, diagnostics: named };
}

/** The program with the expected values of its results as further constants. */
function addExpectation(
  given: OperatorCase,
  compiled: CompiledOperator,
  operands: ReadonlyMap<string, Matrix>,
  expected: Tensor,
): CaseProgram {
  const { program } = compiled;
  const matrices = new Map(operands);
  const declarations: MatrixDeclaration[] = [];
  const expectations: Program['expectations'][number][] = [];
  for (const [name, matrix] of splitResult(compiled, expected)) {
    const { type, rows, columns } = matrix;
    const of = `${name}_expected`;
    declarations.push({ name: of, type, rows, columns, role: 'constants', address: 0 });
    expectations.push({ kind: 'copy', name, type, of });
    matrices.set(of, matrix);
  }
  return {
    program: {
      ...program,
      name: given.name,
      matrices: [...program.matrices, ...declarations],
      expectations,
    },
    matrices,
  };
}

/**
 * Runs a case that `prepareCase` has prepared, on the machine or, without a program, on the host, and
 * compares every value. Throws a MachineFault if the program does something illegal.
 */
export async function runCase(
  given: OperatorCase,
  prepared: PreparedCase | undefined,
  options: SimulationOptions = {},
): Promise<CaseResult> {
  const { name, kind } = given;
  if (isHostCase(given)) return compareHostCase(given);
  const { program, matrices, compiled, expected } = prepared!;
  const { simulation, diagnostics } = await simulate(program, matrices, options);
  if (!simulation) throw new DiagnosticError(diagnostics);
  const { machine } = simulation;
  const status = simulation.status === 'waiting-for-host' ? 'limit' : simulation.status;
  const { rows, columns } = machine.configuration.mxu;
  const allCells = machine.cycle * rows * columns;
  const shared = {
    name,
    kind,
    status,
    cycles: machine.cycle,
    utilisation: allCells === 0 ? 0 : machine.counters.cellCycles.useful / allCells,
  };
  if (status !== 'finished') return { ...shared, match: false, firstDifference: null, values: 0 };
  const got = collectResult(compiled, readOutputs(simulation));
  const firstDifference = findDifference('output', expected.shape, expected.data, got.data);
  const match = firstDifference === null;
  return { ...shared, match, firstDifference, values: expected.data.length };
}

function compareHostCase(
  given: Extract<OperatorCase, Parameters<typeof computeHostCase>[0]>,
): CaseResult {
  const computed = computeHostCase(given);
  const wanted = Object.entries(given.expected);
  const differences = wanted.map(([tensor, { shape, data }]) => {
    return findDifference(tensor, shape, data, computed.get(tensor)!);
  });
  const firstDifference = differences.find((difference) => difference !== null) ?? null;
  return {
    name: given.name,
    kind: given.kind,
    match: firstDifference === null,
    status: 'finished',
    cycles: null,
    utilisation: null,
    firstDifference,
    values: wanted.reduce((sum, [, { data }]) => sum + data.length, 0),
  };
}

function findDifference(
  tensor: string,
  shape: readonly number[],
  expected: ArrayLike<number>,
  got: ArrayLike<number>,
): CaseDifference | null {
  for (let at = 0; at < Math.max(expected.length, got.length); at++) {
    const [wanted, found] = [expected[at] ?? Number.NaN, got[at] ?? Number.NaN];
    if (wanted === found) continue;
    return { tensor, index: indexAt(shape, at), expected: wanted, got: found };
  }
  return null;
}

/** The position of a row-major element on each axis. */
function indexAt(shape: readonly number[], at: number): number[] {
  const index: number[] = [];
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
