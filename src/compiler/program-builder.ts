import { type Configuration, type Limits, limitsOf } from '../config/configuration.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Instruction, InstructionDefinition } from '../isa/definition.ts';
import { fieldMaximum, repeatField } from '../isa/definition.ts';
import { halt } from '../isa/instructions/halt.ts';
import { readWeights } from '../isa/instructions/read-weights.ts';
import { setConfig } from '../isa/instructions/set-config.ts';
import { makeInstruction } from '../isa/make-instruction.ts';
import { initialRegisters } from '../isa/registers.ts';
import { hostLayout, parameterBytes, tileLayout } from '../program/layout.ts';
import type {
  MatrixDeclaration,
  NamedRange,
  ParameterDeclaration,
  Program,
} from '../program/program.ts';
import { type CompileOptions, type CompileResult, maximumInstructions } from './compile-options.ts';
import { insertSyncs } from './insert-syncs.ts';

/** A tile of weights as `read_weights` asks for it. */
export interface TileRequest {
  readonly tile: number;
  readonly wide: boolean;
  /** Valid rows and columns. */
  readonly rows: number;
  readonly columns: number;
  /** Useful weights; rows × columns without it. */
  readonly useful?: number;
}

/** Most repetitions of one instruction. */
export const maximumRepeat = fieldMaximum(repeatField);

/** An instruction, and how many tiles it switches to. */
interface Placed {
  readonly instruction: Instruction;
  readonly takesTiles: number;
}

type HostMatrix = Omit<MatrixDeclaration, 'address'>;

const hostAlignment = 8;

/**
 * Collects the instructions and declarations of a program. Registers are written where they change;
 * tiles are requested ahead of the instructions that switch to them, as deep as the Weight FIFO is.
 */
export class ProgramBuilder {
  readonly limits: Limits;
  private readonly configuration: Configuration;
  private readonly placed: Placed[] = [];
  private readonly requests: TileRequest[] = [];
  private readonly registers = initialRegisters();
  private readonly matrices: MatrixDeclaration[] = [];
  private readonly parameters: ParameterDeclaration[] = [];
  private readonly ranges: NamedRange[] = [];
  private hostEnd = 0;
  private tileEnd = 0;

  constructor(configuration: Configuration) {
    this.configuration = configuration;
    this.limits = limitsOf(configuration);
  }

  /** Declares a matrix of host memory; returns its first byte. */
  declareHost(matrix: HostMatrix): number {
    const address = this.hostEnd;
    this.matrices.push({ ...matrix, address });
    this.takeHost(hostLayout(matrix, this.limits).bytes);
    return address;
  }

  /** Declares a matrix of weights; returns its first tile. */
  declareWeights(matrix: Omit<HostMatrix, 'role'>): number {
    const address = this.tileEnd;
    this.matrices.push({ ...matrix, role: 'weights', address });
    this.tileEnd += tileLayout(matrix, this.limits).tiles;
    return address;
  }

  /** Declares constants of one row. */
  declareConstants(name: string, type: MatrixDeclaration['type'], columns: number): void {
    this.matrices.push({ name, type, rows: 1, columns, role: 'constants', address: 0 });
  }

  /** Declares parameter blocks; returns their first byte. */
  declareParameters(parameters: Omit<ParameterDeclaration, 'address'>): number {
    const address = this.hostEnd;
    this.parameters.push({ ...parameters, address });
    this.takeHost(parameterBytes(parameters.columns, this.limits));
    return address;
  }

  private takeHost(bytes: number): void {
    this.hostEnd += Math.ceil(bytes / hostAlignment) * hostAlignment;
  }

  /** Names a range of the Unified Buffer for readers of traces. */
  nameRange(name: string, from: number, to: number): void {
    if (to > from) this.ranges.push({ name, memory: 'unifiedBuffer', from, to });
  }

  emit(definition: InstructionDefinition, operands: Record<string, number> = {}): void {
    this.placed.push({ instruction: makeInstruction(definition, operands), takesTiles: 0 });
  }

  /** Emits a matrix instruction that switches to the tiles, one for each of its repetitions. */
  emitSwitch(
    definition: InstructionDefinition,
    operands: Record<string, number>,
    tiles: readonly TileRequest[],
  ): void {
    this.requests.push(...tiles);
    const instruction = makeInstruction(definition, { ...operands, switch: 1 });
    this.placed.push({ instruction, takesTiles: tiles.length });
  }

  /** Writes a register, unless it holds the value already. */
  set(register: number, value: number): void {
    if (this.registers[register] === (value | 0)) return;
    this.registers[register] = value;
    this.emit(setConfig, { register, value: value >>> 0 });
  }

  /** The program, or what keeps it from fitting into the machine. */
  finish(name: string, options: CompileOptions): CompileResult {
    const diagnostics = this.checkMemories();
    const instructions = [...this.scheduleTiles(), makeInstruction(halt)];
    if (instructions.length > maximumInstructions) {
      const message = `the program has ${instructions.length} instructions, more than ${maximumInstructions}`;
      diagnostics.push({ code: 'A119', message, help: 'choose a larger array' });
    }
    if (diagnostics.length > 0) return { diagnostics };
    const synced =
      options.hazards === 'fault' ? insertSyncs(instructions, this.limits) : instructions;
    const program: Program = {
      name,
      machine: options.machine,
      configuration: this.configuration,
      matrices: this.matrices,
      parameters: this.parameters,
      ranges: this.ranges,
      expectations: [],
      instructions: synced,
    };
    return { program };
  }

  private checkMemories(): Diagnostic[] {
    const { hostMemoryBytes, tiles } = this.limits;
    const found: Diagnostic[] = [];
    if (this.hostEnd > hostMemoryBytes) {
      const message = `host memory: the tensors take ${this.hostEnd} bytes, there are ${hostMemoryBytes}`;
      found.push({ code: 'L309', message, help: 'raise hostMemory.bytes' });
    }
    if (this.tileEnd > tiles) {
      const message = `weight memory: the weights take ${this.tileEnd} tiles, there is room for ${tiles}`;
      found.push({ code: 'L309', message, help: 'raise weightMemory.bytes' });
    }
    return found;
  }

  /** The instructions with the requests of tiles between them. */
  private scheduleTiles(): Instruction[] {
    const ahead = this.configuration.weightFifo.tiles;
    const scheduled: Instruction[] = [];
    let requested = 0;
    let taken = 0;
    const request = (until: number): void => {
      const due = this.requests.slice(requested, until);
      for (const reads of groupRequests(due)) scheduled.push(this.makeRead(reads));
      requested = Math.max(requested, Math.min(until, this.requests.length));
    };
    // The first tiles take longest to arrive, so they are requested before anything else.
    request(ahead);
    for (const { instruction, takesTiles } of this.placed) {
      if (takesTiles > 0) request(taken + takesTiles + ahead);
      taken += takesTiles;
      scheduled.push(instruction);
    }
    return scheduled;
  }

  /** One instruction for requests that follow each other; 0 stands for all rows or columns. */
  private makeRead(reads: readonly TileRequest[]): Instruction {
    const { tile, wide, rows, columns, useful } = reads[0]!;
    return makeInstruction(readWeights, {
      tile,
      wide: wide ? 1 : 0,
      repeat: reads.length,
      rows: rows === this.limits.rows ? 0 : rows,
      columns: columns === this.limits.columns ? 0 : columns,
      ...(useful !== undefined && useful !== rows * columns && { useful }),
    });
  }
}

/** Requests of consecutive tiles of the same dimensions: one instruction repeats for all of them. */
function* groupRequests(requests: readonly TileRequest[]): Generator<TileRequest[]> {
  let group: TileRequest[] = [];
  for (const next of requests) {
    const last = group.at(-1);
    if (last && (!continues(last, next) || group.length === maximumRepeat)) {
      yield group;
      group = [];
    }
    group.push(next);
  }
  if (group.length > 0) yield group;
}

function continues(last: TileRequest, next: TileRequest): boolean {
  const alike = (['wide', 'rows', 'columns', 'useful'] as const).every((k) => last[k] === next[k]);
  return alike && next.tile === last.tile + (last.wide ? 2 : 1);
}
