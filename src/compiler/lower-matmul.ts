import type { Diagnostic } from '../errors/diagnostic.ts';
import { InternalError } from '../errors/internal-error.ts';
import { dataClasses } from '../loader/matrix-data.ts';
import type { ElementType, Matrix, MatrixData, Program } from '../program/program.ts';
import { compileProducts, suffixOf } from './compile-gemm.ts';
import type { CompileOptions } from './compile-options.ts';
import type { CompileOperatorResult, ResultPart } from './compiled-operator.ts';
import { foldZeroPoints } from './fold-zero-points.ts';
import type { GemmOperator } from './gemm-operator.ts';
import type { MatmulOperator, Output, Tensor } from './operator.ts';
import { checkOutput } from './output-stage.ts';

/** Rows of a that meet one matrix of b and have one zero point: a product of its own. */
interface Product {
  readonly b: number;
  readonly aZeroPoint: number;
  readonly rows: { readonly a: number; readonly row: number; readonly pair: number }[];
}

/**
 * Compiles matrix products. Rows that meet the same matrix of b are one product, whatever matrix of
 * a they come from, so that its tiles are fetched once.
 */
export function lowerMatmul(
  operator: MatmulOperator,
  options: CompileOptions,
): CompileOperatorResult {
  const problems = checkMatmul(operator);
  if (problems.length > 0) return { diagnostics: problems };
  const products = listProducts(operator);
  const gemms = products.map((product) => describeGemm(operator, product));
  const { m, k, n, pairs, output } = operator;
  const compiled = compileProducts(gemms, options, `matmul-${pairs.length}x${m}x${k}x${n}`);
  if (!compiled.program) return compiled;
  const { program } = compiled;
  const nameOf = (index: number) => `c${suffixOf(index, products.length)}`;
  return {
    compiled: {
      program,
      resultType: output.type,
      resultShape: [pairs.length, m, n],
      parts: products.map(
        ({ rows }, index): ResultPart => ({
          matrix: nameOf(index),
          rows: rows.length,
          columns: n,
          offsetOf: (row) => (rows[row]!.pair * m + rows[row]!.row) * n,
        }),
      ),
      bind: (tensors) => bindMatmul(program, operator, products, gemms, tensors),
    },
  };
}

function checkMatmul(operator: MatmulOperator): Diagnostic[] {
  const { m, n, aBatches, bBatches, pairs, aZeroPoints, bZeroPoints, output } = operator;
  const found: Diagnostic[] = [];
  for (const [name, list, length, what] of [
    ['a zero points', aZeroPoints, m, 'rows'],
    ['b zero points', bZeroPoints, n, 'columns'],
  ] as const) {
    if (list.length === 1 || list.length === length) continue;
    found.push({ code: 'A121', message: `${name}: ${list.length} values for ${length} ${what}` });
  }
  const unknown = pairs.find(([a, b]) => a >= aBatches || b >= bBatches);
  if (unknown) {
    const message = `pair ${unknown.join(', ')}: there are ${aBatches} matrices a and ${bBatches} b`;
    found.push({ code: 'A121', message });
  }
  return [...found, ...checkOutput(output, n)];
}

function listProducts({ m, pairs, aZeroPoints }: MatmulOperator): Product[] {
  const products = new Map<string, Product>();
  for (const [pair, [a, b]] of pairs.entries()) {
    for (let row = 0; row < m; row++) {
      const aZeroPoint = aZeroPoints.length === 1 ? aZeroPoints[0]! : aZeroPoints[row]!;
      const key = `${b} ${aZeroPoint}`;
      const product = products.get(key) ?? { b, aZeroPoint, rows: [] };
      product.rows.push({ a, row, pair });
      products.set(key, product);
    }
  }
  return [...products.values()];
}

function describeGemm(operator: MatmulOperator, { aZeroPoint, rows }: Product): GemmOperator {
  const { k, n, aType, bType, bZeroPoints, hasBias, output } = operator;
  return {
    kind: 'gemm',
    m: rows.length,
    k,
    n,
    aType,
    bType,
    outputType: output.type,
    aZeroPoint,
    ...describeZeroPoints(bZeroPoints),
    ...(hasBias && { bias: true }),
    ...describeOutput(output),
  };
}

/** Zero points of b: none, one, or one for each column. */
function describeZeroPoints(
  zeroPoints: readonly number[],
): Pick<GemmOperator, 'bZeroPoint' | 'bZeroPointRange'> {
  const [low, high] = [Math.min(...zeroPoints), Math.max(...zeroPoints)];
  if (low === 0 && high === 0) return {};
  return low === high ? { bZeroPoint: low } : { bZeroPoint: true, bZeroPointRange: [low, high] };
}

type Numbers = Pick<
  GemmOperator,
  'rule' | 'scale' | 'scales' | 'multiplier' | 'shift' | 'zeroPoint' | 'clamp'
>;

function describeOutput(output: Output): Numbers {
  if (output.type === 'int32') return {};
  const { requantisation, zeroPoint, clamp } = output;
  const rest = { zeroPoint, ...(clamp && { clamp }) };
  if (requantisation.rule === 'f') {
    const { scales } = requantisation;
    return scales.length > 1 ? { scales: true, ...rest } : { scale: scales[0]!, ...rest };
  }
  const { rule, multipliers, shifts } = requantisation;
  const multiplier = multipliers.length > 1 || multipliers[0]!;
  const shift = shifts.length > 1 || shifts[0]!;
  return { rule, multiplier, shift, ...rest };
}

function bindMatmul(
  program: Program,
  operator: MatmulOperator,
  products: readonly Product[],
  gemms: readonly GemmOperator[],
  tensors: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Matrix> {
  const { m, k, n, aType, bType, bZeroPoints } = operator;
  const a = tensors.get('a')!.data;
  const b = tensors.get('b')!.data;
  let all: ReadonlyMap<string, Matrix> = new Map();
  for (const [index, product] of products.entries()) {
    const suffix = suffixOf(index, products.length);
    const rows = new dataClasses[aType](product.rows.length * k);
    for (const [at, { a: matrix, row }] of product.rows.entries()) {
      const from = (matrix * m + row) * k;
      rows.set(a.subarray(from, from + k), at * k);
    }
    const given = new Map(all);
    const add = (name: string, type: ElementType, count: number, data: MatrixData): void => {
      const columns = data.length / count;
      given.set(`${name}${suffix}`, { type, rows: count, columns, data });
    };
    add('a', aType, product.rows.length, rows);
    add('b', bType, k, b.subarray(product.b * k * n, (product.b + 1) * k * n));
    if (gemms[index]!.bZeroPoint === true) {
      add('b_zero_points', 'int32', 1, Int32Array.from(bZeroPoints));
    }
    const bias = tensors.get('bias');
    if (bias) add('bias', 'int32', 1, bias.data);
    for (const [name, type, data] of columnNumbers(operator.output)) add(name, type, 1, data);
    const folded = foldZeroPoints(program, gemms[index]!, given, suffix);
    if (!folded.matrices) throw new InternalError(folded.diagnostics[0]?.message ?? 'zero points');
    all = folded.matrices;
  }
  return all;
}

/** Constants of the columns, where they differ. */
function columnNumbers(output: Output): [string, ElementType, MatrixData][] {
  if (output.type === 'int32') return [];
  const { requantisation } = output;
  if (requantisation.rule === 'f') {
    const { scales } = requantisation;
    return scales.length > 1 ? [['scales', 'float32', Float32Array.from(scales)]] : [];
  }
  const { multipliers, shifts } = requantisation;
  const numbers: [string, ElementType, MatrixData][] = [];
  if (multipliers.length > 1) numbers.push(['multipliers', 'int32', Int32Array.from(multipliers)]);
  if (shifts.length > 1) numbers.push(['shifts', 'int8', Int8Array.from(shifts)]);
  return numbers;
}
