import type { Configuration, Limits } from '../config/configuration.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { tableBytes } from '../isa/conversion.ts';
import { outputBytes, outputTypes, vectorOperations, vectorRules } from '../isa/enumerations.ts';
import { readHostMemory } from '../isa/instructions/read-host-memory.ts';
import { vector } from '../isa/instructions/vector.ts';
import { writeHostMemory } from '../isa/instructions/write-host-memory.ts';
import { registerIndex } from '../isa/registers.ts';
import { bitsFromFloat32 } from '../numerics/requantise.ts';
import type { ElementType, Matrix } from '../program/program.ts';
import type { CompileOptions } from './compile-options.ts';
import { type CompileOperatorResult, wholePart } from './compiled-operator.ts';
import type {
  ElementwiseArithmetic,
  ElementwiseOperator,
  FixedScale,
  TableOperator,
  Tensor,
} from './operator.ts';
import { ProgramBuilder } from './program-builder.ts';
import { endOf, placeRings, type Ring, slotByte } from './unified-buffer-layout.ts';

/** A tensor on its way through the Unified Buffer. */
interface Stream {
  readonly name: string;
  readonly type: 'int8' | 'uint8' | 'int16';
}

/** What is done to every element. */
interface ElementwiseWork {
  readonly elements: number;
  readonly sources: readonly Stream[];
  readonly result: Stream;
  /** Operands of `vector` that say what is computed. */
  readonly operands: Readonly<Record<string, number>>;
  /** Bytes of the Unified Buffer that are taken already. */
  readonly bytesInUse: number;
}

/** How elements are cut into pieces, and where those lie in the Unified Buffer. */
interface ElementwisePlan {
  /** Elements in a row of a vector instruction, and in a piece. */
  readonly columns: number;
  readonly pieceElements: number;
  readonly rings: readonly Ring[];
}

/** Pieces that many elements are cut into at least, so that transfers and work overlap. */
const piecesForOverlap = 8;

/** Compiles a sum or product of two tensors. */
export function lowerElementwise(
  operator: ElementwiseOperator,
  configuration: Configuration,
  options: CompileOptions,
): CompileOperatorResult {
  const { elements, aType, bType, outputType, arithmetic } = operator;
  const builder = new ProgramBuilder(configuration);
  setElementwise(builder, operator);
  const work: ElementwiseWork = {
    elements,
    sources: [
      { name: 'a', type: aType },
      { name: 'b', type: bType },
    ],
    result: { name: 'c', type: outputType },
    operands: {
      operation: vectorOperations.indexOf(arithmetic.operation),
      rule: vectorRules.indexOf(arithmetic.rule),
      a_type: outputTypes.indexOf(aType),
      b_type: outputTypes.indexOf(bType),
      type: outputTypes.indexOf(outputType),
    },
    bytesInUse: 0,
  };
  return emitElementwise(builder, work, arithmetic.operation, options, () => new Map());
}

/** Compiles a function of 8 bits. */
export function lowerTable(
  operator: TableOperator,
  configuration: Configuration,
  options: CompileOptions,
): CompileOperatorResult {
  const { elements, type, outputType } = operator;
  const builder = new ProgramBuilder(configuration);
  const shape = { rows: 1, columns: tableBytes, packed: true } as const;
  const table = { name: 'table', role: 'activations', type: outputType, ...shape } as const;
  const host = builder.declareHost(table);
  builder.nameRange('table_in_ub', 0, tableBytes);
  builder.emit(readHostMemory, { host, ub: 0, bytes: tableBytes });
  builder.set(registerIndex.table, 0);
  const work: ElementwiseWork = {
    elements,
    sources: [{ name: 'input', type }],
    result: { name: 'output', type: outputType },
    operands: {
      operation: vectorOperations.indexOf('table'),
      a_type: outputTypes.indexOf(type),
      type: outputTypes.indexOf(outputType),
    },
    bytesInUse: tableBytes,
  };
  return emitElementwise(builder, work, 'table', options, (tensors) => {
    const { data } = tensors.get('table')!;
    return new Map([['table', { type: outputType, rows: 1, columns: tableBytes, data }]]);
  });
}

/** Registers of the rule. */
function setElementwise(builder: ProgramBuilder, operator: ElementwiseOperator): void {
  const { aZeroPoint, bZeroPoint, zeroPoint, clamp, arithmetic } = operator;
  builder.set(registerIndex.vectorAZeroPoint, aZeroPoint);
  builder.set(registerIndex.vectorBZeroPoint, bZeroPoint);
  builder.set(registerIndex.zeroPoint, zeroPoint);
  if (clamp) {
    builder.set(registerIndex.clampLow, clamp[0]);
    builder.set(registerIndex.clampHigh, clamp[1]);
  }
  setArithmetic(builder, arithmetic);
}

function setArithmetic(builder: ProgramBuilder, arithmetic: ElementwiseArithmetic): void {
  const setResult = ({ multiplier, shift }: FixedScale): void => {
    builder.set(registerIndex.multiplier, multiplier);
    builder.set(registerIndex.shift, shift);
  };
  switch (arithmetic.rule) {
    case 'onnx':
      builder.set(registerIndex.vectorAMultiplier, bitsFromFloat32(arithmetic.aScale));
      builder.set(registerIndex.vectorBMultiplier, bitsFromFloat32(arithmetic.bScale));
      builder.set(registerIndex.multiplier, bitsFromFloat32(arithmetic.resultScale));
      return;
    case 'xnnpack':
      builder.set(registerIndex.vectorAMultiplier, arithmetic.aMultiplier);
      builder.set(registerIndex.vectorBMultiplier, arithmetic.bMultiplier);
      builder.set(registerIndex.shift, -arithmetic.rightShift);
      return;
    case 'f':
      builder.set(registerIndex.multiplier, bitsFromFloat32(arithmetic.scale));
      return;
    default:
      setResult(arithmetic.result);
      if (arithmetic.operation === 'multiply') return;
      builder.set(registerIndex.vectorLeftShift, arithmetic.leftShift);
      builder.set(registerIndex.vectorAMultiplier, arithmetic.a.multiplier);
      builder.set(registerIndex.vectorAShift, arithmetic.a.shift);
      builder.set(registerIndex.vectorBMultiplier, arithmetic.b.multiplier);
      builder.set(registerIndex.vectorBShift, arithmetic.b.shift);
  }
}

/**
 * Cuts the elements into pieces that fit into the Unified Buffer, two slots of each if there are
 * several; or says how many bytes a piece of one row takes.
 */
function planPieces(
  { elements, sources, result, bytesInUse }: ElementwiseWork,
  limits: Limits,
): ElementwisePlan | { readonly neededBytes: number } {
  const streams = [...sources, result];
  const sizes = streams.map(({ type }) => outputBytes[type]);
  const columns = Math.min(elements, Math.max(1, Math.floor(limits.rowBytes / Math.max(...sizes))));
  const elementBytes = sizes.reduce((sum, size) => sum + size, 0);
  const room = limits.unifiedBufferBytes - bytesInUse;
  for (const slots of [2, 1]) {
    const rowsInRoom = Math.floor(room / (slots * elementBytes * columns));
    const rows = Math.min(rowsInRoom, Math.ceil(elements / columns / piecesForOverlap));
    if (rows < 1) continue;
    const pieceElements = rows * columns;
    const placed = placeRings(
      Object.fromEntries(
        streams.map(({ name }, at) => [name, { slotBytes: pieceElements * sizes[at]!, slots }]),
      ),
      bytesInUse,
    );
    return { columns, pieceElements, rings: streams.map(({ name }) => placed.rings[name]!) };
  }
  return { neededBytes: bytesInUse + elementBytes * columns };
}

function emitElementwise(
  builder: ProgramBuilder,
  work: ElementwiseWork,
  name: string,
  options: CompileOptions,
  bindMore: (tensors: ReadonlyMap<string, Tensor>) => Map<string, Matrix>,
): CompileOperatorResult {
  const { elements, sources, result } = work;
  const { limits } = builder;
  const plan = planPieces(work, limits);
  if ('neededBytes' in plan) {
    return { diagnostics: [describeShortage(plan.neededBytes, limits.unifiedBufferBytes)] };
  }
  const declare = ({ name, type }: Stream, role: 'activations' | 'result'): number =>
    builder.declareHost({ name, type, role, packed: true, rows: 1, columns: elements });
  const hosts = [...sources.map((s) => declare(s, 'activations')), declare(result, 'result')];
  plan.rings.forEach((ring, at) => {
    const { name: stream } = [...sources, result][at]!;
    builder.nameRange(`${stream}_pieces`, ring.from, endOf(ring));
  });
  emitPieces(builder, work, plan, hosts);
  const compiled = builder.finish(`${name}-${elements}`, options);
  if (!compiled.program) return compiled;
  const row = (type: ElementType, { data }: Tensor): Matrix => {
    return { type, rows: 1, columns: elements, data };
  };
  return {
    compiled: {
      program: compiled.program,
      resultType: result.type,
      resultShape: [elements],
      parts: [wholePart(result.name, 1, elements)],
      bind: (tensors) => {
        const streams = sources.map(({ name: stream, type }) => {
          return [stream, row(type, tensors.get(stream)!)] as const;
        });
        return new Map([...bindMore(tensors), ...streams]);
      },
    },
  };
}

/** Reads each piece while the one before it is computed. */
function emitPieces(
  builder: ProgramBuilder,
  { elements, sources, result, operands }: ElementwiseWork,
  { columns, pieceElements, rings }: ElementwisePlan,
  hosts: readonly number[],
): void {
  const pieces = Math.ceil(elements / pieceElements);
  const sizes = [...sources, result].map(({ type }) => outputBytes[type]);
  const countIn = (piece: number) => Math.min(pieceElements, elements - piece * pieceElements);
  const placeOf = (stream: number, piece: number) => ({
    host: hosts[stream]! + piece * pieceElements * sizes[stream]!,
    ub: slotByte(rings[stream]!, piece),
    bytes: countIn(piece) * sizes[stream]!,
  });
  const read = (piece: number): void => {
    if (piece >= pieces) return;
    for (const stream of sources.keys()) builder.emit(readHostMemory, placeOf(stream, piece));
  };
  const isDoubled = rings[0]!.slots > 1;
  read(0);
  for (let piece = 0; piece < pieces; piece++) {
    if (isDoubled) read(piece + 1);
    const count = countIn(piece);
    const whole = Math.floor(count / columns);
    const rest = count - whole * columns;
    const emitRows = (firstElement: number, rows: number, width: number): void => {
      const at = (stream: number) =>
        slotByte(rings[stream]!, piece) + firstElement * sizes[stream]!;
      const last = sources.length;
      builder.emit(vector, {
        ...operands,
        a: at(0),
        a_pitch: width * sizes[0]!,
        ...(last > 1 && { b: at(1), b_pitch: width * sizes[1]! }),
        rows,
        columns: width,
        ub: at(last),
        pitch: width * sizes[last]!,
      });
    };
    if (whole > 0) emitRows(0, whole, columns);
    if (rest > 0) emitRows(whole * columns, 1, rest);
    builder.emit(writeHostMemory, placeOf(sources.length, piece));
    if (!isDoubled) read(piece + 1);
  }
}

function describeShortage(neededBytes: number, sizeBytes: number): Diagnostic {
  const message = `unified buffer: a row of elements takes ${neededBytes} bytes, there are ${sizeBytes}`;
  return { code: 'A123', message, help: 'raise unifiedBuffer.bytes' };
}
