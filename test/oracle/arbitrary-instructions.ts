import fc from 'fast-check';
import type { Configuration } from '../../src/config/configuration.ts';
import { countRowBytes } from './oracle-operands.ts';
import { type RegisterName, registerNumbers } from './oracle-registers.ts';
import type { OracleInstruction } from './oracle-state.ts';

/**
 * Random instructions for small arrays, as decoded operands: addresses are few, so that instructions
 * depend on each other often, and nearly all of them are legal.
 */

export const between = (min: number, max: number) => fc.integer({ min, max });

/** `often` ninety-nine times out of a hundred, otherwise `rarely`. */
export function mostly<T>(often: fc.Arbitrary<T>, rarely: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 99, arbitrary: often }, { weight: 1, arbitrary: rarely });
}

/** Where parameter blocks and tables lie: behind what most instructions write. */
export const blockByte = 6000;
export const tableByte = 7000;

export function setRegister(name: RegisterName, value: number): OracleInstruction {
  const operands = { register: registerNumbers[name], value: value >>> 0 };
  return { definition: { mnemonic: 'set_config' }, operands };
}

type OperandArbitraries = Readonly<Record<string, fc.Arbitrary<number>>>;

function make(mnemonic: string, operands: OperandArbitraries): fc.Arbitrary<OracleInstruction> {
  return fc
    .record(operands)
    .map((values) => ({ definition: { mnemonic }, operands: values as Record<string, number> }));
}

const repeat = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, between(1, 5));
const flag = between(0, 1);
/** Two bits, of which the upper one makes an operand wide: 8 bits more often. */
const operandType = fc.constantFrom(0, 1, 0, 1, 0, 1, 2, 3);

/** Addresses that most instructions use, and others that are always apart from them. */
function addressesOf(configuration: Configuration) {
  const W = countRowBytes(configuration);
  const ubRow = between(0, 12).map((row) => row * W);
  const ub = fc.oneof(ubRow, between(0, 12 * W));
  return { W, ubRow, ub, far: between(2000, 2200), acc: mostly(between(0, 16), between(50, 70)) };
}

function arbitraryMatrix(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const { ubRow, acc } = addressesOf(configuration);
  const common = {
    switch: flag,
    accumulate: flag,
    activations: operandType,
    weights: operandType,
    repeat,
    acc,
  };
  // Stored in units of 8; only steps bring other addresses.
  const unit = between(0, 30).map((n) => 8 * n);
  const multiply = make('matrix_multiply', {
    ...common,
    ub: mostly(ubRow, unit),
    rows: fc.oneof(between(1, 4), between(1, 30)),
  });
  const convolve = make('convolve', {
    ...common,
    ub: unit,
    rows: between(1, 4),
    columns: between(1, 4),
  });
  return fc.oneof({ weight: 3, arbitrary: multiply }, { weight: 2, arbitrary: convolve });
}

function arbitraryWeights({ mxu }: Configuration): fc.Arbitrary<OracleInstruction> {
  return make('read_weights', {
    wide: fc.constantFrom(0, 0, 1),
    repeat,
    tile: mostly(between(0, 22), between(0, 32)),
    rows: between(0, mxu.rows),
    columns: between(0, mxu.columns),
    useful: fc.constantFrom(0xffff_ffff, 0, 1),
  });
}

/** Types and functions that go together, and any. */
const conversion = mostly(
  fc.constantFrom(
    { type: 0, function: 0 },
    { type: 0, function: 1 },
    { type: 3, function: 0 },
    { type: 3, function: 2 },
    ...[0, 1, 2, 3, 4, 5].map((f) => ({ type: 1 + (f % 2), function: f })),
  ),
  fc.record({ type: between(0, 3), function: between(0, 5) }),
);

function arbitraryActivate(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const { columns: C } = configuration.mxu;
  const { ub, acc } = addressesOf(configuration);
  return conversion.chain(({ type, function: f }) =>
    make('activate', {
      type: fc.constant(type),
      rule: between(0, 2),
      function: fc.constant(f),
      parameters: fc.constantFrom(0, 0, 0, 0, 0, 1),
      repeat,
      acc,
      rows: fc.oneof(between(1, 4), between(1, 30)),
      columns: mostly(between(1, C), between(1, C + 1)),
      ub,
      pitch: mostly(fc.constant(4 * C), between(0, 4 * C)),
    }),
  );
}

function arbitraryPool(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const { columns: C } = configuration.mxu;
  const { ub, far, acc } = addressesOf(configuration);
  const common = {
    operation: flag,
    rounding: flag,
    rows: between(1, 3),
    columns: between(1, 3),
    repeat,
  };
  const fromAccumulators = conversion.chain(({ type, function: f }) =>
    make('pool', {
      ...common,
      from: fc.constant(1),
      // Pooled values are never int32.
      type: mostly(fc.constant(type || 3), fc.constant(type)),
      rule: between(0, 2),
      function: fc.constant(f),
      parameters: fc.constantFrom(0, 0, 0, 1),
      source: acc,
      channels: mostly(between(1, C), between(1, C + 1)),
      ub,
      pitch: mostly(between(2 * C, 3 * C), between(0, 2 * C)),
    }),
  );
  const fromBuffer = (source: fc.Arbitrary<number>, results: fc.Arbitrary<number>) =>
    make('pool', {
      ...common,
      from: fc.constant(0),
      type: mostly(between(1, 3), fc.constant(0)),
      rule: mostly(fc.constant(0), fc.constant(1)),
      function: mostly(fc.constant(0), fc.constant(1)),
      parameters: mostly(fc.constant(0), fc.constant(1)),
      source,
      channels: between(1, 30),
      ub: results,
      pitch: mostly(between(60, 70), between(0, 60)),
    });
  return mostly(
    fc.oneof(fromAccumulators, fromBuffer(ub, far), fromBuffer(far, ub)),
    fromBuffer(ub, ub),
  );
}

/** Operations with a rule and the types of their operands and results, all legal. */
const vectorForm = fc.oneof(
  fc.record({ operation: fc.constant(0), rule: fc.constantFrom(1, 3, 4), wide: fc.constant(0) }),
  fc.record({ operation: fc.constant(0), rule: fc.constantFrom(1, 3, 4), wide: fc.constant(1) }),
  fc.record({ operation: fc.constant(1), rule: fc.constantFrom(0, 1, 2, 4), wide: flag }),
  fc.record({ operation: fc.constantFrom(2, 3, 4), rule: fc.constant(0), wide: fc.constant(1) }),
  fc.record({ operation: fc.constant(5), rule: fc.constant(0), wide: fc.constant(0) }),
);

function arbitraryVector(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const { ub, far } = addressesOf(configuration);
  const place = fc.constantFrom('apart', 'apart back', 'in place');
  return fc.tuple(vectorForm, place, ub, far).chain(([form, where, near, away]) => {
    const type = mostly(form.wide ? fc.constant(3) : between(1, 2), between(0, 3));
    const mixed = mostly(type, between(1, 3));
    const source = where === 'apart back' ? away : near;
    const results = where === 'apart' ? away : near;
    return make('vector', {
      operation: fc.constant(form.operation),
      rule: mostly(fc.constant(form.rule), between(0, 4)),
      a_type: where === 'in place' ? fc.constant(form.wide ? 3 : 1) : type,
      b_type: form.operation === 1 ? mixed : type,
      type: where === 'in place' ? fc.constant(form.wide ? 3 : 1) : type,
      repeat: where === 'in place' ? fc.constant(1) : repeat,
      a: fc.constant(source),
      b: where === 'apart' ? ub : far,
      rows: between(1, 5),
      columns: between(1, 30),
      ub: fc.constant(results),
      a_pitch: where === 'in place' ? fc.constant(60) : fc.constantFrom(0, 30, 60),
      b_pitch: fc.constantFrom(0, 30, 60),
      pitch: mostly(fc.constant(60), between(0, 60)),
    });
  });
}

function arbitraryTransfer(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const { W, ub, far } = addressesOf(configuration);
  const aside = fc.oneof(
    far,
    between(blockByte - 100, blockByte + 100),
    between(tableByte - 100, tableByte + 200),
  );
  const plain = {
    repeat,
    host: between(0, 200),
    ub: fc.oneof({ weight: 5, arbitrary: ub }, { weight: 2, arbitrary: aside }),
    bytes: between(1, 12 * W),
  };
  const strided = {
    repeat: fc.constant(1),
    host: between(0, 200),
    ub,
    row_bytes: between(1, W),
    rows: between(1, 6),
    host_pitch: mostly(between(W, 2 * W), between(0, W)),
    ub_pitch: mostly(between(W, 2 * W), between(0, W)),
  };
  return fc.oneof(
    { weight: 2, arbitrary: make('read_host_memory', plain) },
    make('write_host_memory', plain),
    make('read_host_memory_strided', strided),
    make('write_host_memory_strided', strided),
  );
}

/** One register, mostly one that moves addresses. */
function arbitrarySetting(configuration: Configuration): fc.Arbitrary<OracleInstruction> {
  const { W } = addressesOf(configuration);
  const step = mostly(fc.constantFrom(0, W, 2 * W), between(0, 2 ** 32 - 1));
  const byteSteps = fc.constantFrom('step.ub', 'step.host', 'step.a', 'step.b');
  const set = (name: fc.Arbitrary<RegisterName>, value: fc.Arbitrary<number>) =>
    fc.tuple(name, value).map(([n, v]) => setRegister(n, v));
  return fc.oneof(
    { weight: 2, arbitrary: set(byteSteps, step) },
    set(fc.constant('step.acc'), between(0, 6)),
    set(fc.constant('step.k'), mostly(between(0, 8), fc.constant(-1))),
    make('set_config', { register: mostly(fc.constant(0x10), between(0, 255)), value: flag }),
    set(
      fc.constant('activation.parameters'),
      mostly(between(blockByte - 100, blockByte + 100), between(0, 8192)),
    ),
    set(
      fc.constant('activation.table'),
      mostly(between(tableByte - 100, tableByte + 100), between(0, 8192)),
    ),
  );
}

/** All registers of the image and its window, one instruction each. */
function arbitraryImage(): fc.Arbitrary<OracleInstruction[]> {
  const values: Partial<Record<RegisterName, fc.Arbitrary<number>>> = {
    'image.height': between(1, 5),
    'image.width': between(1, 5),
    'image.channels': between(1, 6),
    'image.pitch': mostly(between(1, 16), fc.constant(0)),
    'window.height': between(1, 3),
    'window.width': between(1, 3),
    'window.stride_y': between(1, 2),
    'window.stride_x': between(1, 2),
    'window.dilation_y': between(1, 2),
    'window.dilation_x': between(1, 2),
    'window.origin_y': mostly(between(-1, 0), between(-9, 9)),
    'window.origin_x': mostly(between(-1, 0), between(-9, 9)),
    'window.pad': mostly(between(0, 127), between(-130, 300)),
    'window.k': fc.oneof(fc.constant(0), between(0, 60)),
  };
  const names = Object.keys(values) as RegisterName[];
  return fc
    .tuple(...names.map((name) => values[name]!))
    .map((chosen) => names.map((name, i) => setRegister(name, chosen[i]!)));
}

/** One instruction, or the settings of an image with it. */
export function arbitraryStatement(
  configuration: Configuration,
): fc.Arbitrary<OracleInstruction[]> {
  const one = (arbitrary: fc.Arbitrary<OracleInstruction>, weight: number) => ({
    weight,
    arbitrary: arbitrary.map((instruction) => [instruction]),
  });
  const plain = fc
    .constantFrom('sync_host', 'interrupt_host', 'nop', 'debug_tag')
    .map((mnemonic) => ({
      definition: { mnemonic },
      operands: mnemonic === 'debug_tag' ? { tag: 1 } : {},
    }));
  return fc.oneof(
    one(arbitraryMatrix(configuration), 8),
    one(arbitraryWeights(configuration), 9),
    one(arbitraryActivate(configuration), 4),
    one(arbitraryPool(configuration), 3),
    one(arbitraryVector(configuration), 3),
    one(arbitraryTransfer(configuration), 5),
    one(make('sync', { pipelines: between(1, 15) }), 2),
    one(arbitrarySetting(configuration), 1),
    one(plain, 1),
    { weight: 1, arbitrary: arbitraryImage() },
  );
}
