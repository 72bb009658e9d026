import { foldZeroPoints } from '../compiler/fold-zero-points.ts';
import type { GemmOperator } from '../compiler/gemm-operator.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { InternalError } from '../errors/internal-error.ts';
import { dataClasses } from '../loader/matrix-data.ts';
import type { WatchSums } from '../machine/unit-datapath.ts';
import { createRandom, randomWords } from '../numerics/random.ts';
import { elementBytes } from '../program/layout.ts';
import type { Matrix, Program } from '../program/program.ts';
import { canCheck, checkProduct } from '../reference/freivalds.ts';
import { finishSums } from '../reference/matmul.ts';
import {
  type Checked,
  type CheckResult,
  checkOutputs,
  compareMatrices,
  describeDifference,
  unchecked,
} from './check.ts';
import { readOutputs, type Simulation, type SimulationOptions, simulate } from './simulate.ts';

/** Up to this many multiply-accumulates a product is compared element by element by default. */
export const fullCheckMacs = 2 ** 29;

export interface GemmRunOptions extends SimulationOptions {
  /** Without it: `full` up to 2^29 multiply-accumulates, `quick` above. */
  readonly check?: Checked;
}

export interface GemmRun {
  readonly simulation: Simulation;
  readonly check: CheckResult;
}

/** A matrix of uniformly random values of the whole range of its type, row-major from the seed. */
export function randomMatrix(
  type: GemmOperator['aType'],
  rows: number,
  columns: number,
  seed: number,
): Matrix {
  const bytes = rows * columns * elementBytes[type];
  // A word of 32 random bits is two or four values, the first in its low bits.
  const words = randomWords(seed, Math.ceil(bytes / 4));
  return { type, rows, columns, data: new dataClasses[type](words.buffer, 0, rows * columns) };
}

/** Random operands `a` and `b` of a product; they differ although they come from one seed. */
export function randomOperands(operator: GemmOperator, seed: number): Map<string, Matrix> {
  const { m, k, n, aType, bType } = operator;
  return new Map([
    ['a', randomMatrix(aType, m, k, 2 * seed)],
    ['b', randomMatrix(bType, k, n, 2 * seed + 1)],
  ]);
}

/**
 * The scale that is used for requantised outputs where none is given: with operands uniform over
 * their types it brings most sums of K products into the range of the output.
 */
export function defaultScale({
  k,
  aType,
  bType,
  outputType,
}: Pick<GemmOperator, 'k' | 'aType' | 'bType' | 'outputType'>): number {
  const bits = 8 * (elementBytes[outputType] - elementBytes[aType] - elementBytes[bType]);
  return 2 ** (bits + 1) / Math.sqrt(k);
}

/** How a product is checked where the caller does not say. */
export function defaultCheck({ m, k, n }: GemmOperator): Checked {
  return m * k * n <= fullCheckMacs ? 'full' : 'quick';
}

/**
 * Runs a compiled product and checks it. `given` holds what the operator has: `a`, `b`, and the
 * constants; what its program has beside them is made here. Throws a MachineFault if the program is
 * at fault.
 */
export async function runGemm(
  program: Program,
  operator: GemmOperator,
  given: ReadonlyMap<string, Matrix>,
  options: GemmRunOptions = {},
): Promise<GemmRun> {
  const matrices = options.timingOnly ? given : prepareMatrices(program, operator, given);
  const checked = chooseCheck(operator, matrices, options);
  const quick = checked === 'quick';
  const sums = quick ? new Int32Array(operator.m * operator.n) : undefined;
  const watchSums = sums && collectSums(program, operator, sums);
  const result = await simulate(program, matrices, { ...options, ...(watchSums && { watchSums }) });
  if (!result.simulation) refuseMatrices(result.diagnostics);
  const { simulation } = result;
  if (simulation.status !== 'finished' || checked === 'none')
    return { simulation, check: unchecked };
  if (!sums) return { simulation, check: checkOutputs(simulation, matrices) };
  return { simulation, check: checkQuickly(simulation, operator, matrices, sums) };
}

function prepareMatrices(
  program: Program,
  operator: GemmOperator,
  given: ReadonlyMap<string, Matrix>,
): ReadonlyMap<string, Matrix> {
  const { matrices, diagnostics } = foldZeroPoints(program, operator, given);
  return matrices ?? refuseMatrices(diagnostics);
}

function refuseMatrices(diagnostics: readonly Diagnostic[]): never {
  throw new InternalError(`a compiled product does not load: ${diagnostics[0]?.message}`);
}

/** The check that is asked for, or a full one where Freivalds' test says nothing. */
function chooseCheck(
  operator: GemmOperator,
  matrices: ReadonlyMap<string, Matrix>,
  options: GemmRunOptions,
): Checked {
  if (options.timingOnly) return 'none';
  const wanted = options.check ?? defaultCheck(operator);
  const a = matrices.get('a');
  const b = matrices.get('b');
  if (!a || !b) throw new InternalError('a product needs a and b');
  // The test is one of a × b over the integers: sums that wrap, or less zero points, are others.
  const isPlain = !operator.aZeroPoint && !operator.bZeroPoint;
  return wanted === 'quick' && !(isPlain && canCheck(a, b)) ? 'full' : wanted;
}

/**
 * Takes the raw sums of every element out of the machine when an activate reads them. Each activate
 * of a compiled product reads the rows of one pass and one block of columns, in that order.
 */
function collectSums(program: Program, operator: GemmOperator, sums: Int32Array): WatchSums {
  const { m, n } = operator;
  const { columns } = program.configuration.mxu;
  const nBlocks = Math.ceil(n / columns);
  let current = -1;
  let block = nBlocks - 1;
  let firstRow = 0;
  let rowsOfPass = 0;
  return (operation, row, values) => {
    if (operation.sequence !== current) {
      current = operation.sequence;
      block = (block + 1) % nBlocks;
      if (block === 0) firstRow += rowsOfPass;
      if (operation.work.kind === 'activation') rowsOfPass = operation.work.rows;
    }
    const used = Math.min(columns, n - block * columns);
    const at = (firstRow + row) * n + block * columns;
    if (firstRow + row >= m) throw new InternalError('a product has more rows than its operand');
    sums.set(values.subarray(0, used), at);
  };
}

/** Freivalds' test on the raw sums, then every element against its requantised sum. */
function checkQuickly(
  simulation: Simulation,
  operator: GemmOperator,
  matrices: ReadonlyMap<string, Matrix>,
  sums: Int32Array,
): CheckResult {
  const product = checkProduct(matrices.get('a')!, matrices.get('b')!, sums, unpredictable());
  const output = readOutputs(simulation).get('c')!;
  const { program } = simulation;
  const expectation = program.expectations[0]!;
  const finished = () => finishSums(sums, operator.n, expectation, matrices);
  if (!product.match) {
    const { row, column } = product;
    const at = row * operator.n + column;
    sums[at] = product.expected;
    const [expected, got] = [finished()[at]!, output.data[at]!];
    const firstDifference = describeDifference(simulation, 'c', row, column, expected, got);
    return { checked: 'quick', match: false, firstDifference };
  }
  const expected = { ...output, data: finished() };
  const firstDifference = compareMatrices(simulation, 'c', output, expected);
  return firstDifference
    ? { checked: 'quick', match: false, firstDifference }
    : { checked: 'quick', match: true };
}

/** Random numbers that the operands cannot have been chosen against. */
function unpredictable(): () => number {
  const { crypto } = globalThis;
  // Some small engines have no cryptography; time is the best they offer.
  if (!crypto) return createRandom(Date.now());
  const pool = new Uint32Array(4096);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    return pool[used++]!;
  };
}
