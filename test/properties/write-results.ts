import { readImageWindow, walkPool } from '../oracle/oracle-image.ts';
import { valueBytes, valueTypes } from '../oracle/oracle-operands.ts';
import type { Draws } from './draws.ts';
import type { ProgramWriter, Reach } from './program-writer.ts';
import { writeTable } from './write-movement.ts';
import { writeStep } from './write-registers.ts';

/** Instructions of the Activation Unit of random programs. */

const { int32, int8, uint8, int16 } = valueTypes;

/** Functions of each type, by its encoding: none, relu, relu6, sigmoid, tanh and table are 0 to 5. */
const functionsOf: Readonly<Record<number, readonly number[]>> = {
  [int32]: [0, 1],
  [int8]: [0, 1, 2, 3, 4, 5, 3, 4],
  [uint8]: [0, 1, 2, 3, 4, 5, 3, 4],
  [int16]: [0, 1, 2],
};

const functionTable = 5;

function chooseConversion(writer: ProgramWriter, draws: Draws, types: readonly number[]) {
  const type = draws.pick(types);
  const rule = draws.below(3);
  const name = draws.pick(functionsOf[type]!);
  const parameters = draws.once(4) ? 1 : 0;
  if (name === functionTable) setTable(writer, draws);
  return { type, rule, function: name, parameters };
}

/** A table for those who need one and have none. */
function setTable(writer: ProgramWriter, draws: Draws): void {
  if (writer.register('activation.table') === -1) writeTable(writer, draws);
}

/** Places for results: the one drawn, the one right behind `after`, and the last there is. */
function placesOfResults(
  writer: ProgramWriter,
  draws: Draws,
  reach: Reach,
  after: number,
): readonly number[] {
  const size = writer.limits.unifiedBufferBytes;
  const drawn = writer.place(draws, reach, size);
  if (drawn === undefined) return [];
  return [drawn, after - reach.low + draws.below(8), size - reach.high];
}

export function writeActivate(writer: ProgramWriter, draws: Draws, repeat: number): void {
  const { columns: C, accumulatorRows } = writer.limits;
  const conversion = chooseConversion(writer, draws, [int32, int8, uint8, int16, int8, uint8]);
  const rows = draws.between(1, 8);
  const columns = draws.between(1, C);
  const bytes = columns * valueBytes[conversion.type]!;
  const pitch = bytes + (draws.once(2) ? draws.below(8) : 0);
  const rowsReach = writer.reach(rows, writer.register('step.acc'), repeat);
  const acc = writer.place(draws, rowsReach, accumulatorRows);
  const length = (rows - 1) * pitch + bytes;
  const reach = writer.reach(length, writer.register('step.ub'), repeat);
  const places = placesOfResults(writer, draws, reach, 0);
  if (acc === undefined || places.length === 0) return;
  const rest = { acc, rows, columns, pitch, repeat, ...conversion };
  writer.offer('activate', ...places.map((ub) => ({ ...rest, ub })));
}

/** Output pixels as drawn, or fewer, so that every window meets the image. */
function choosePixels(writer: ProgramWriter, draws: Draws) {
  const window = readImageWindow(writer.registers);
  const rows = draws.between(1, 3);
  const columns = draws.between(1, 3);
  const sizes = [
    { rows, columns },
    { rows: 1, columns },
    { rows, columns: 1 },
    { rows: 1, columns: 1 },
  ];
  for (const size of sizes) {
    const { pixels } = walkPool(window, size.rows, size.columns);
    if (pixels) return { ...size, from: pixels.from, to: pixels.to };
  }
  return { ...sizes[0]!, from: 0, to: 1 };
}

export function writePool(writer: ProgramWriter, draws: Draws, repeat: number): void {
  const { columns: C, unifiedBufferBytes, accumulatorRows } = writer.limits;
  const fromSums = draws.once(2);
  if (repeat > 1) writeStep(writer, draws, fromSums ? ['step.acc'] : ['step.a']);
  const types = [int8, uint8, int16];
  const conversion = fromSums
    ? chooseConversion(writer, draws, types)
    : { type: draws.pick(types), rule: 0, function: 0, parameters: 0 };
  const channels = fromSums ? draws.between(1, C) : draws.upTo(12);
  const bytes = channels * valueBytes[conversion.type]!;
  const pixels = choosePixels(writer, draws);
  const pixelPitch = writer.register('image.pitch') >>> 0;
  const touched = fromSums
    ? { low: pixels.from, high: pixels.to }
    : { low: pixels.from * pixelPitch, high: (pixels.to - 1) * pixelPitch + bytes };
  const step = writer.register(fromSums ? 'step.acc' : 'step.a') * (repeat - 1);
  const sourceReach = {
    low: touched.low + Math.min(0, step),
    high: touched.high + Math.max(0, step),
  };
  const size = fromSums ? accumulatorRows : unifiedBufferBytes;
  const source = writer.place(draws, sourceReach, size);
  const pitch = bytes + (draws.once(2) ? draws.below(4) : 0);
  const length = (pixels.rows * pixels.columns - 1) * pitch + bytes;
  const reach = writer.reach(length, writer.register('step.ub'), repeat);
  const after = fromSums || source === undefined ? 0 : source + sourceReach.high;
  const places = placesOfResults(writer, draws, reach, after);
  if (source === undefined || places.length === 0) return;
  const rest = {
    operation: draws.below(2),
    rounding: draws.below(2),
    from: fromSums ? 1 : 0,
    source,
    rows: pixels.rows,
    columns: pixels.columns,
    channels,
    pitch,
    repeat,
    ...conversion,
  };
  writer.offer('pool', ...places.map((ub) => ({ ...rest, ub })));
}

/** Operations with their rules; f, d, s, xnnpack and onnx are 0 to 4. */
const forms = [
  { operation: 0, rule: 1 },
  { operation: 0, rule: 3 },
  { operation: 0, rule: 4 },
  { operation: 1, rule: 0 },
  { operation: 1, rule: 1 },
  { operation: 1, rule: 2 },
  { operation: 1, rule: 4 },
  { operation: 2, rule: 0 },
  { operation: 3, rule: 0 },
  { operation: 4, rule: 0 },
  { operation: 5, rule: 0 },
];

const operationTable = 5;

/** Types that an operation can have. */
const typesOf = [
  [int8, uint8, int16],
  [int8, uint8, int16],
  [int16],
  [int16],
  [int16],
  [int8, uint8],
] as const;

export function writeVector(writer: ProgramWriter, draws: Draws, repeat: number): void {
  const { rowBytes, unifiedBufferBytes } = writer.limits;
  const form = draws.pick(forms);
  const isUnary = form.operation > 2;
  if (repeat > 1) writeStep(writer, draws, ['step.a', 'step.b', 'step.ub']);
  if (form.operation === operationTable) setTable(writer, draws);
  const types = typesOf[form.operation]!;
  const [type, aType] = [draws.pick(types), draws.pick(types)];
  // What an operation of one operand does not use may be anything.
  const bType = isUnary ? draws.below(4) : draws.pick(types);
  const rows = draws.between(1, 4);
  const columns = draws.upTo(2 * rowBytes + 4);
  const operand = (name: 'a' | 'b', valueType: number) => {
    const bytes = columns * (valueBytes[valueType] ?? 1);
    const pitch = draws.once(4) ? 0 : bytes + (draws.once(2) ? draws.below(4) : 0);
    const reach = writer.reach((rows - 1) * pitch + bytes, writer.register(`step.${name}`), repeat);
    return { bytes, pitch, reach, at: writer.place(draws, reach, unifiedBufferBytes) };
  };
  const a = operand('a', aType);
  const b = operand('b', bType);
  const bytes = columns * valueBytes[type]!;
  const pitch = bytes + (draws.once(2) ? draws.below(4) : 0);
  const reach = writer.reach((rows - 1) * pitch + bytes, writer.register('step.ub'), repeat);
  const inPlace = draws.pick([undefined, a, b, undefined]);
  const after = Math.max((a.at ?? 0) + a.reach.high, isUnary ? 0 : (b.at ?? 0) + b.reach.high);
  const places = placesOfResults(writer, draws, reach, after);
  if (a.at === undefined || b.at === undefined) return;
  const rest = {
    ...form,
    a_type: aType,
    b_type: bType,
    type,
    repeat,
    a: a.at,
    b: b.at,
    rows,
    columns,
    a_pitch: a.pitch,
    b_pitch: b.pitch,
  };
  const apart = places.map((ub) => ({ ...rest, ub, pitch }));
  const candidates =
    inPlace?.at !== undefined && (inPlace.bytes === bytes || writer.lenient)
      ? [{ ...rest, ub: inPlace.at, pitch: inPlace.pitch }, ...apart]
      : apart;
  if (candidates.length > 0) writer.offer('vector', ...candidates);
}
