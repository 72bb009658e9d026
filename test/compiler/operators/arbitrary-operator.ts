import fc from 'fast-check';
import type {
  ConvolutionOperator,
  ElementwiseArithmetic,
  ElementwiseOperator,
  FixedScale,
  MatmulOperator,
  Operator,
  Output,
  Padding,
  PoolOperator,
  Requantisation,
  SlidingWindow,
  TableOperator,
} from '../../../src/compiler/operator.ts';
import type { MachineChoice } from '../../../src/config/resolve.ts';
import { rangeOf } from './draw-tensors.ts';

/** A machine, an operator for it, and where its tensors come from. */
export interface OperatorCase<Kind extends Operator> {
  readonly machine: MachineChoice;
  readonly operator: Kind;
  readonly seed: number;
}

/** Arrays with R = C, R < C and R > C; memories of which many are too small for a whole operator. */
const machines: fc.Arbitrary<MachineChoice> = fc
  .record({
    shape: fc.constantFrom([8, 8], [8, 8], [12, 20], [12, 20], [4, 16], [5, 3]),
    unifiedBuffer: fc.constantFrom(2, 4, 8, 32),
    accumulators: fc.constantFrom(64, 64, 9, 2, 1),
    fifo: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ shape, unifiedBuffer, accumulators, fifo }) => ({
    preset: 'tpu-tiny',
    settings: [
      { key: 'mxu.rows', value: shape[0]! },
      { key: 'mxu.columns', value: shape[1]! },
      { key: 'unifiedBuffer.bytes', value: unifiedBuffer * 2 ** 10 },
      { key: 'accumulators.rows', value: accumulators },
      { key: 'weightFifo.tiles', value: fifo },
      { key: 'weightMemory.bytes', value: '1MiB' },
      { key: 'hostMemory.bytes', value: '256KiB' },
    ],
  }));

const seed = fc.integer({ min: 0, max: 2 ** 30 });

function caseOf<Kind extends Operator>(
  operators: fc.Arbitrary<Kind>,
): fc.Arbitrary<OperatorCase<Kind>> {
  return fc.record({ machine: machines, operator: operators, seed });
}

const integer = (min: number, max: number) => fc.integer({ min, max });
const byteType = fc.constantFrom('int8' as const, 'uint8' as const);
const valueType = fc.constantFrom('int8' as const, 'uint8' as const, 'int16' as const);

function valueIn(type: 'int8' | 'uint8' | 'int16' | 'uint16'): fc.Arbitrary<number> {
  const [min, max] = rangeOf(type);
  return fc.oneof(
    fc.constant(0),
    fc.constantFrom(min, max, 128 > max ? 0 : 128),
    integer(min, max),
  );
}

/** One, or one for each of so many. */
function oneOrEach<T>(value: fc.Arbitrary<T>, count: number): fc.Arbitrary<T[]> {
  return fc.oneof(
    value.map((one) => [one]),
    fc.array(value, { minLength: count, maxLength: count }),
  );
}

/** Factors from those that let sums through to those that leave hardly anything; many give ties. */
const fixedScale: fc.Arbitrary<FixedScale> = fc.record({
  multiplier: fc.oneof(integer(2 ** 30, 2 ** 31 - 1), fc.constant(2 ** 30)),
  shift: fc.oneof(integer(-16, -4), integer(-16, -4), fc.constantFrom(-31, -1, 0, 1, 30)),
});

const scale = fc
  .tuple(fc.oneof(integer(1, 2 ** 24), fc.constant(2 ** 23)), integer(-40, -22))
  .map(([significand, exponent]) => Math.fround(significand * 2 ** exponent));

/** Multipliers of rule XNNPACK; powers of two give ties. */
const xnnpackMultiplier = fc.oneof(
  integer(-(2 ** 22), 2 ** 22),
  integer(15, 21).map((bits) => 2 ** bits),
);

function requantisationOf(columns: number): fc.Arbitrary<Requantisation> {
  const rule = fc.constantFrom('d' as const, 's' as const);
  return fc.oneof(
    oneOrEach(scale, columns).map((scales) => ({ rule: 'f' as const, scales })),
    fc.tuple(rule, oneOrEach(fixedScale, columns)).map(([integerRule, list]) => ({
      rule: integerRule,
      multipliers: list.map(({ multiplier }) => multiplier),
      shifts: list.map(({ shift }) => shift),
    })),
  );
}

function clampOf(type: 'int8' | 'uint8' | 'int16'): fc.Arbitrary<readonly [number, number]> {
  const [min, max] = rangeOf(type);
  return fc
    .tuple(integer(min, max), integer(min, max))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
}

/** A clamp, or none. */
function maybeClamp(type: 'int8' | 'uint8' | 'int16') {
  return fc.option(clampOf(type), { nil: undefined });
}

function outputOf(columns: number): fc.Arbitrary<Output> {
  const requantised = valueType.chain((type) =>
    fc
      .record({
        requantisation: requantisationOf(columns),
        zeroPoint: valueIn(type),
        clamp: maybeClamp(type),
      })
      .map(({ clamp, ...rest }): Output => ({ type, ...rest, ...(clamp && { clamp }) })),
  );
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Output>({ type: 'int32' }) },
    { weight: 4, arbitrary: requantised },
  );
}

const paddings: fc.Arbitrary<Padding> = fc.record({
  top: integer(0, 3),
  left: integer(0, 3),
  bottom: integer(0, 3),
  right: integer(0, 3),
});

const pairOf = (most: number) =>
  fc.tuple(integer(1, most), integer(1, most)) as fc.Arbitrary<readonly [number, number]>;

/** Windows with images that are large enough for them. */
const windows = fc
  .record({
    kernel: pairOf(7),
    stride: pairOf(3),
    dilation: pairOf(3),
    padding: paddings,
    more: fc.tuple(integer(0, 7), integer(0, 7)),
    batch: fc.constantFrom(1, 1, 1, 2, 3),
  })
  .map(({ more, batch, ...window }) => {
    const { kernel, dilation, padding } = window;
    const reach = (at: 0 | 1) => (kernel[at] - 1) * dilation[at] + 1;
    const height = Math.max(1, reach(0) - padding.top - padding.bottom + more[0]);
    const width = Math.max(1, reach(1) - padding.left - padding.right + more[1]);
    return { ...window, batch, height, width };
  });

/** Channels in groups: none, some, or one for each channel; up to 40 of each. */
const channels = fc
  .record({
    groups: fc.oneof(fc.constant(1), fc.constant(1), integer(1, 40)),
    input: integer(1, 40),
    output: integer(1, 40),
  })
  .map(({ groups, input, output }) => ({
    groups,
    channels: groups * Math.max(1, Math.floor(input / groups)),
    outputChannels: groups * Math.max(1, Math.floor(output / groups)),
  }));

const inputTypes = fc.constantFrom(
  'int8' as const,
  'uint8' as const,
  'int8' as const,
  'int16' as const,
  'uint16' as const,
);
const weightTypes = fc.constantFrom(
  'int8' as const,
  'uint8' as const,
  'int8' as const,
  'int16' as const,
);

const convolutions: fc.Arbitrary<ConvolutionOperator> = fc
  .record({ window: windows, channels, inputType: inputTypes, weightType: weightTypes })
  .chain(
    ({ window, channels: { groups, channels: count, outputChannels }, inputType, weightType }) => {
      const { batch, height, width, ...sliding } = window;
      const zeroPoint = weightType === 'int16' ? fc.constant(0) : valueIn(weightType);
      return fc.record({
        kind: fc.constant('convolution' as const),
        ...constants(sliding),
        input: fc.constant({ batch, height, width, channels: count }),
        inputType: fc.constant(inputType),
        inputZeroPoint: valueIn(inputType),
        weightType: fc.constant(weightType),
        weightZeroPoints: fc.oneof(fc.constant([0]), oneOrEach(zeroPoint, outputChannels)),
        outputChannels: fc.constant(outputChannels),
        groups: fc.constant(groups),
        hasBias: fc.boolean(),
        output: outputOf(outputChannels),
      });
    },
  );

/** Every field as what always comes. */
function constants<T extends object>(values: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  const entries = Object.entries(values).map(([name, value]) => [name, fc.constant(value)]);
  return Object.fromEntries(entries) as { [K in keyof T]: fc.Arbitrary<T[K]> };
}

export const convolutionCases = caseOf(convolutions);

/** Whether every window of a pooling has a tap inside the image. */
function hasNoEmptyWindow({
  height,
  width,
  kernel,
  stride,
  dilation,
  padding,
}: SlidingWindow & { readonly height: number; readonly width: number }): boolean {
  const along = (at: 0 | 1, size: number, before: number, after: number): boolean => {
    const reach = (kernel[at] - 1) * dilation[at] + 1;
    for (let start = -before; start + reach <= size + after; start += stride[at]) {
      const taps = Array.from({ length: kernel[at] }, (_, tap) => start + tap * dilation[at]);
      if (!taps.some((position) => position >= 0 && position < size)) return false;
    }
    return true;
  };
  return (
    along(0, height, padding.top, padding.bottom) && along(1, width, padding.left, padding.right)
  );
}

export const poolCases = caseOf(
  fc
    .record({ window: windows.filter(hasNoEmptyWindow), channels: integer(1, 40), type: valueType })
    .chain(({ window, channels: count, type }) => {
      const { batch, height, width, ...sliding } = window;
      return fc
        .record({
          kind: fc.constant('pool' as const),
          ...constants(sliding),
          operation: fc.constantFrom('max' as const, 'average' as const),
          rounding: fc.constantFrom('away' as const, 'even' as const),
          input: fc.constant({ batch, height, width, channels: count }),
          type: fc.constant(type),
          zeroPoint: valueIn(type),
          clamp: maybeClamp(type),
        })
        .map(({ clamp, ...rest }): PoolOperator => ({ ...rest, ...(clamp && { clamp }) }));
    }),
);

const wideTypes = fc.constantFrom(
  'int8' as const,
  'uint8' as const,
  'int16' as const,
  'uint16' as const,
);

const matmuls: fc.Arbitrary<MatmulOperator> = fc
  .record({
    m: integer(1, 20),
    k: integer(1, 40),
    n: integer(1, 30),
    aBatches: integer(1, 3),
    bBatches: integer(1, 2),
    aType: wideTypes,
    bType: wideTypes,
  })
  .chain((sizes) => {
    const { m, n, aBatches, bBatches, aType, bType } = sizes;
    const bZero = bType.endsWith('16') ? fc.constant(0) : valueIn(bType);
    return fc.record({
      kind: fc.constant('matmul' as const),
      ...constants(sizes),
      pairs: fc.array(
        fc.tuple(integer(0, aBatches - 1), integer(0, bBatches - 1)) as fc.Arbitrary<
          readonly [number, number]
        >,
        { minLength: 1, maxLength: 3 },
      ),
      aZeroPoints: fc.oneof(
        valueIn(aType).map((one) => [one]),
        fc.array(fc.constantFrom(0, rangeOf(aType)[1], 3), { minLength: m, maxLength: m }),
      ),
      bZeroPoints: fc.oneof(fc.constant([0]), oneOrEach(bZero, n)),
      hasBias: fc.boolean(),
      output: outputOf(n),
    });
  });

export const matmulCases = caseOf(matmuls);

const arithmetics: fc.Arbitrary<ElementwiseArithmetic> = fc.oneof(
  fc.record({
    rule: fc.constant('d' as const),
    operation: fc.constant('add' as const),
    leftShift: integer(0, 24),
    a: fixedScale,
    b: fixedScale,
    result: fixedScale,
  }),
  fc.record({
    rule: fc.constant('xnnpack' as const),
    operation: fc.constant('add' as const),
    aMultiplier: xnnpackMultiplier,
    bMultiplier: xnnpackMultiplier,
    rightShift: fc.oneof(integer(1, 31), integer(19, 22)),
  }),
  fc.record({
    rule: fc.constant('onnx' as const),
    operation: fc.constantFrom('add' as const, 'multiply' as const),
    aScale: scale,
    bScale: scale,
    resultScale: scale,
  }),
  fc.record({
    rule: fc.constant('f' as const),
    operation: fc.constant('multiply' as const),
    scale,
  }),
  fc.record({
    rule: fc.constantFrom('d' as const, 's' as const),
    operation: fc.constant('multiply' as const),
    result: fixedScale,
  }),
);

export const elementwiseCases = caseOf(
  fc.record({ aType: valueType, bType: valueType, outputType: valueType }).chain((types) =>
    fc
      .record({
        kind: fc.constant('elementwise' as const),
        ...constants(types),
        elements: integer(1, 1500),
        aZeroPoint: valueIn(types.aType),
        bZeroPoint: valueIn(types.bType),
        zeroPoint: valueIn(types.outputType),
        arithmetic: arithmetics,
        clamp: maybeClamp(types.outputType),
      })
      .map(({ clamp, ...rest }): ElementwiseOperator => ({ ...rest, ...(clamp && { clamp }) })),
  ),
);

export const tableCases: fc.Arbitrary<OperatorCase<TableOperator>> = caseOf(
  fc.record({
    kind: fc.constant('table' as const),
    elements: integer(1, 1500),
    type: byteType,
    outputType: byteType,
  }),
);
