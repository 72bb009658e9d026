/**
 * Reads cases of quantised operators as conformance vectors hold them: operands, parameters and the
 * expected output in one JSON file. Nothing in a file is trusted.
 */

const dtypes = ['int8', 'uint8', 'int32', 'float32'] as const;

/** Values with named axes; `data` is flat, the last axis fastest. */
export interface Tensor {
  readonly dtype: (typeof dtypes)[number];
  readonly shape: readonly number[];
  readonly axes: readonly string[];
  readonly data: readonly number[];
}

/** The kinds of case that are products of matrices, of 8-bit operands. */
const matmulKinds = ['gemm', 'matmul_integer', 'qlinear_matmul'] as const;
type MatmulKind = (typeof matmulKinds)[number];

/**
 * output = Σ_k (a − a's zero point)·(b − b's zero point) + bias, and with a requantisation
 * clamp(RNE(f32(f32(sum)·k)) + output zero point). The axes m, k and n say how an operand lies; all
 * others are batch axes, of which one of size 1 is repeated.
 */
export interface MatmulCase {
  readonly name: string;
  readonly kind: MatmulKind;
  readonly a: Tensor;
  readonly b: Tensor;
  /** One int32 for each column. */
  readonly bias: readonly number[] | undefined;
  /** One, or one for each row. */
  readonly aZeroPoints: readonly number[];
  /** One, or one for each column. */
  readonly bZeroPoints: readonly number[];
  readonly requantisation: Requantisation | undefined;
  readonly output: Tensor;
}

/** Rule F. */
export interface Requantisation {
  /** float32: one, or one for each column. */
  readonly k: readonly number[];
  readonly zeroPoint: number;
  readonly clamp: readonly [number, number] | undefined;
}

/** A case that can be run, or the kind of one that is none of a product. */
export type CaseFile =
  | { readonly matmul: MatmulCase }
  | { readonly matmul?: undefined; readonly name: string; readonly kind: string };

/** What a file says that no case can mean; the message names the field. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

/** Reads a file of one case; throws CaseError. */
export function readCase(text: string): CaseFile {
  const file = recordOf(parse(text), 'case');
  const name = textOf(file.name, 'name');
  const kind = textOf(file.kind, 'kind');
  const known = matmulKinds.find((k) => k === kind);
  if (!known) return { name, kind };
  const operands = recordOf(file.operands, 'operands');
  const params = recordOf(file.params, 'params');
  const { output } = recordOf(file.expected, 'expected');
  return {
    matmul: {
      name,
      kind: known,
      a: readTensor(operands.a, 'operands.a'),
      b: readTensor(operands.b, 'operands.b'),
      bias: isAbsent(operands.bias) ? undefined : readTensor(operands.bias, 'operands.bias').data,
      aZeroPoints: readNumbers(params.a_zero_point ?? 0, 'params.a_zero_point'),
      bZeroPoints: readNumbers(params.b_zero_point ?? 0, 'params.b_zero_point'),
      requantisation: readRequantisation(textOf(file.rule, 'rule'), params),
      output: readTensor(output, 'expected.output'),
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CaseError(`not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function readRequantisation(
  rule: string,
  params: Readonly<Record<string, unknown>>,
): Requantisation | undefined {
  if (rule === 'none') return undefined;
  if (rule !== 'F') throw new CaseError(`rule: ${rule} is neither F nor none`);
  const { clamp } = params;
  return {
    k: readScales(recordOf(params.requant, 'params.requant')),
    zeroPoint: numberOf(params.output_zero_point ?? 0, 'params.output_zero_point'),
    clamp: isAbsent(clamp) ? undefined : readClamp(clamp),
  };
}

/** k, or what it is made of: f32(f32(sx·sw)/sy). */
function readScales(requant: Readonly<Record<string, unknown>>): readonly number[] {
  if (!isAbsent(requant.k)) return readNumbers(requant.k, 'params.requant.k');
  const sx = numberOf(requant.scale_x, 'params.requant.scale_x');
  const sy = numberOf(requant.scale_y, 'params.requant.scale_y');
  const scales = readNumbers(requant.scale_w, 'params.requant.scale_w');
  return scales.map((sw) => Math.fround(Math.fround(sx * sw) / sy));
}

function readClamp(value: unknown): readonly [number, number] {
  const [low, high, ...rest] = readNumbers(value, 'params.clamp');
  if (low === undefined || high === undefined || rest.length > 0) {
    throw new CaseError('params.clamp: not a pair');
  }
  return [low, high];
}

function readTensor(value: unknown, field: string): Tensor {
  const { dtype, shape, axes, data } = recordOf(value, field);
  const known = dtypes.find((d) => d === dtype);
  if (!known) throw new CaseError(`${field}.dtype: ${dtype} is none of ${dtypes.join(', ')}`);
  const tensor = {
    dtype: known,
    shape: listOf(shape, `${field}.shape`).map((size) => numberOf(size, `${field}.shape`)),
    axes: listOf(axes, `${field}.axes`).map((axis) => textOf(axis, `${field}.axes`)),
    data: listOf(data, `${field}.data`).map((item) => numberOf(item, `${field}.data`)),
  };
  const size = tensor.shape.reduce((product, length) => product * length, 1);
  if (new Set(tensor.axes).size !== tensor.shape.length) {
    throw new CaseError(`${field}.axes: not a name for each of ${tensor.shape.length} axes`);
  }
  if (tensor.data.length !== size) {
    throw new CaseError(`${field}.data: ${tensor.data.length} values, the shape has ${size}`);
  }
  return tensor;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function recordOf(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || isAbsent(value) || Array.isArray(value)) {
    throw new CaseError(`${field}: not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new CaseError(`${field}: not a list`);
  return value;
}

/** A number, or a list of at least one. */
function readNumbers(value: unknown, field: string): readonly number[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new CaseError(`${field}: an empty list`);
  return list.map((item) => numberOf(item, field));
}

function numberOf(value: unknown, field: string): number {
  if (typeof value !== 'number') throw new CaseError(`${field}: not a number`);
  return value;
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new CaseError(`${field}: not a text`);
  return value;
}
