import { foldZeroPoints } from '../../src/compiler/fold-zero-points.ts';
import type { GemmOperator } from '../../src/compiler/gemm-operator.ts';
import { limitsOf } from '../../src/config/configuration.ts';
import { assert } from '../../src/errors/internal-error.ts';
import type { Instruction } from '../../src/isa/definition.ts';
import { initialRegisters } from '../../src/isa/registers.ts';
import type { Work } from '../../src/isa/work.ts';
import { loadProgram, readResults } from '../../src/loader/load.ts';
import type { Matrix, MatrixData, Program } from '../../src/program/program.ts';
import { executeProgram } from '../../src/reference/execute-program.ts';

/** A generator of whole numbers 0..below−1; mulberry32, so that a seed says everything. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Random values for every matrix of a program that has values of its own. */
function fillMatrices(program: Program, random: (below: number) => number) {
  const matrices = new Map<string, Matrix>();
  for (const { name, type, rows, columns, role } of program.matrices) {
    if (role === 'result') continue;
    const values = Array.from({ length: rows * columns }, () => {
      if (type === 'int32') return random(20_001) - 10_000;
      if (type === 'float32') return (random(1000) + 1) / 20_000;
      return type === 'uint8' ? random(256) : random(256) - 128;
    });
    matrices.set(name, { type, rows, columns, data: dataOf(type, values) });
  }
  return matrices;
}

function dataOf(type: Matrix['type'], values: readonly number[]): MatrixData {
  if (type === 'int32') return Int32Array.from(values);
  if (type === 'float32') return Float32Array.from(values);
  return type === 'uint8' ? Uint8Array.from(values) : Int8Array.from(values);
}

/**
 * Random matrices for a product: what its operator has, zero points of columns within their range,
 * and what is folded from them.
 */
export function fillOperands(
  program: Program,
  operator: GemmOperator,
  random: (below: number) => number,
): ReadonlyMap<string, Matrix> {
  const given = fillMatrices(program, random);
  const { bType, bZeroPointRange, n } = operator;
  if (operator.bZeroPoint === true) {
    const [low, high] = bZeroPointRange ?? (bType === 'uint8' ? [0, 255] : [-128, 127]);
    const data = Int32Array.from({ length: n }, () => low + random(high - low + 1));
    given.set('b_zero_points', { type: 'int32', rows: 1, columns: n, data });
  }
  const { matrices, diagnostics } = foldZeroPoints(program, operator, given);
  assert(matrices, JSON.stringify(diagnostics));
  return matrices;
}

/** The result `c` after the instructions have been executed one after the other. */
export function executeInOrder(
  program: Program,
  matrices: ReadonlyMap<string, Matrix>,
  instructions: readonly Instruction[] = program.instructions,
): Matrix {
  const { configuration } = program;
  const { image, diagnostics } = loadProgram(program, matrices);
  assert(image, JSON.stringify(diagnostics));
  // Memories hold other bytes than 0 at first, so that nothing unread counts as padding.
  const memories = {
    unifiedBuffer: new Uint8Array(configuration.unifiedBuffer.bytes).fill(0x5a),
    accumulators: new Int32Array(configuration.accumulators.rows * configuration.mxu.columns).fill(
      0x5a5a5a5a,
    ),
    hostMemory: new Uint8Array(configuration.hostMemory.bytes).fill(0x5a),
    weights: new Uint8Array(configuration.weightMemory.bytes),
  };
  for (const { byte, bytes } of image.hostMemory) memories.hostMemory.set(bytes, byte);
  for (const { byte, bytes } of image.weightMemory) memories.weights.set(bytes, byte);
  executeProgram(instructions, configuration, memories);
  return readResults(program, (from, to) => memories.hostMemory.slice(from, to)).get('c')!;
}

/** An instruction with the registers and the work of its dispatch; repetitions are not needed here. */
export interface Dispatched {
  readonly instruction: Instruction;
  /** The set_config instructions since the last instruction that was none. */
  readonly settings: readonly Instruction[];
  readonly work: Work;
}

/** What a program dispatches, in order, each instruction with the settings in front of it. */
export function dispatchAll(program: Program): Dispatched[] {
  const limits = limitsOf(program.configuration);
  const registers = initialRegisters();
  const dispatched: Dispatched[] = [];
  let settings: Instruction[] = [];
  for (const instruction of program.instructions) {
    const { definition, operands } = instruction;
    assert((operands.repeat ?? 1) === 1, 'the compiler repeats nothing');
    const work = definition.resolve(operands, registers, 0, limits);
    if (work.kind === 'set_config') {
      registers[work.register] = work.value;
      settings.push(instruction);
      continue;
    }
    dispatched.push({ instruction, settings, work });
    settings = [];
  }
  return dispatched;
}

/** Whether the second of two instructions depends on the first by their regions alone. */
export function regionsConflict(program: Program, first: Dispatched, second: Dispatched): boolean {
  const limits = limitsOf(program.configuration);
  const earlier = first.instruction.definition.regions(first.work, limits);
  const later = second.instruction.definition.regions(second.work, limits);
  return earlier.some((a) =>
    later.some(
      (b) =>
        a.memory === b.memory &&
        (a.access === 'write' || b.access === 'write') &&
        a.from < b.to &&
        b.from < a.to,
    ),
  );
}

/**
 * The instructions in another order that dependencies allow, chosen at random: pipelines keep
 * their own order, regions of different pipelines theirs, and a switch stands behind its tile.
 */
export function shuffleByDependencies(
  program: Program,
  random: (below: number) => number,
): Instruction[] {
  const waiting = dispatchAll(program);
  const halt = waiting.pop()!;
  assert(halt.work.kind === 'halt', 'the last instruction is halt');
  const order: Instruction[] = [];
  const tiles = { read: 0, used: 0 };
  while (waiting.length > 0) {
    const seen = new Set<string>();
    const heads = waiting.filter((candidate, at) => {
      const { pipeline } = candidate.instruction.definition;
      if (seen.has(pipeline)) return false;
      seen.add(pipeline);
      if (switches(candidate) && tiles.used === tiles.read) return false;
      return !waiting.slice(0, at).some((earlier) => regionsConflict(program, earlier, candidate));
    });
    const chosen = heads[random(heads.length)]!;
    waiting.splice(waiting.indexOf(chosen), 1);
    if (chosen.work.kind === 'weights') tiles.read += 1;
    if (switches(chosen)) tiles.used += 1;
    order.push(...chosen.settings, chosen.instruction);
  }
  return [...order, halt.instruction];
}

function switches({ work }: Dispatched): boolean {
  return work.kind === 'matrix' && work.switchWeights;
}
