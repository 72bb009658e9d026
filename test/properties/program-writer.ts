import { type Configuration, type Limits, limitsOf } from '../../src/config/configuration.ts';
import { type Field, fieldMaximum, type Instruction } from '../../src/isa/definition.ts';
import { makeInstruction } from '../../src/isa/make-instruction.ts';
import { instructionNamed } from '../../src/isa/table.ts';
import { describeDemand } from '../oracle/oracle-checks.ts';
import {
  createRegisters,
  type RegisterName,
  readSigned,
  registerNumbers,
} from '../oracle/oracle-registers.ts';
import { Draws } from './draws.ts';

type Operands = Readonly<Record<string, number>>;

/** Bytes or rows [low, high) around an address that an instruction touches over its repetitions. */
export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** Different addresses that instructions are given, so that they meet. */
const fewPlaces = 40;

/**
 * Writes a random program instruction by instruction. What it is offered becomes part of the program
 * if it is legal, as the oracle judges and not the machine; in wild programs now and then with an
 * operand changed.
 */
export class ProgramWriter {
  readonly configuration: Configuration;
  readonly limits: Limits;
  readonly wild: boolean;
  private readonly instructions: Instruction[] = [];
  /** The registers as the next instruction finds them. */
  readonly registers = createRegisters();
  /** Whether the tiles that were read and not switched to are wide, oldest first. */
  readonly waitingTiles: boolean[] = [];
  /** Whether the tile that rows meet is wide; undefined before the first switch. */
  activeWide: boolean | undefined;
  /** In this choice of a wild program, what is not legal is not left out. */
  lenient = false;
  /** How the instruction of this choice breaks a rule; undefined if it does not. */
  private change: number | undefined;

  constructor(configuration: Configuration, wild: boolean) {
    this.configuration = configuration;
    this.limits = limitsOf(configuration);
    this.wild = wild;
  }

  /** A register as a signed number. */
  register(name: RegisterName): number {
    return readSigned(this.registers, name);
  }

  /** Sets registers, those that change, one instruction each. */
  set(values: Partial<Readonly<Record<RegisterName, number>>>): void {
    for (const [name, value] of Object.entries(values) as [RegisterName, number][]) {
      if (this.register(name) === (value | 0)) continue;
      this.append('set_config', { register: registerNumbers[name], value: value >>> 0 });
    }
  }

  /**
   * An address, a multiple of `unit`, such that all that an instruction touches around it lies
   * inside 0..size; undefined if there is none. Mostly one of the lowest, sometimes of the highest.
   */
  place(draws: Draws, { low, high }: Reach, size: number, unit = 1): number | undefined {
    const first = Math.max(0, Math.ceil(-low / unit));
    const count = Math.floor((size - high) / unit) - first + 1;
    const at = draws.below(Math.min(Math.max(count, 1), fewPlaces));
    const isHigh = draws.once(6);
    if (count <= 0) return undefined;
    return unit * (isHigh ? first + count - 1 - at : first + at);
  }

  /** What `length` bytes or rows touch when every repetition adds `step`. */
  reach(length: number, step: number, repeat: number): Reach {
    const last = step * (repeat - 1);
    return { low: Math.min(0, last), high: length + Math.max(0, last) };
  }

  /** Whether all repetitions of an instruction are legal by themselves. */
  isLegal(mnemonic: string, operands: Operands): boolean {
    for (let repetition = 0; repetition < (operands.repeat ?? 1); repetition++) {
      const { problem } = describeDemand(
        mnemonic,
        complete(mnemonic, operands).operands,
        repetition,
        this.registers,
        this.configuration,
      );
      if (problem !== undefined) return false;
    }
    return true;
  }

  /** Begins a choice: in wild programs some of them break a rule. */
  begin(draws: Draws): void {
    const [breaks, change, lenient] = [draws.once(6), draws.below(4096), draws.once(3)];
    this.change = this.wild && breaks ? change : undefined;
    this.lenient = this.wild && lenient;
  }

  /** Adds the first of these instructions that is legal, if one is; or one that breaks a rule. */
  offer(mnemonic: string, ...candidates: readonly Operands[]): void {
    const legal = candidates.find((operands) => this.isLegal(mnemonic, operands));
    const chosen = legal ?? (this.lenient ? candidates[0] : undefined);
    if (!chosen) return;
    this.append(
      mnemonic,
      this.change === undefined ? chosen : breakRule(this.change, mnemonic, chosen),
    );
  }

  /** The program, with halt at its end. */
  finish(): readonly Instruction[] {
    this.append('halt', {});
    return this.instructions;
  }

  private append(mnemonic: string, operands: Operands): void {
    const instruction = complete(mnemonic, operands);
    this.instructions.push(instruction);
    this.note(mnemonic, instruction.operands);
  }

  /** What later instructions depend on. */
  private note(mnemonic: string, operands: Operands): void {
    if (mnemonic === 'set_config') this.registers.set(operands.register!, operands.value! | 0);
    const repeat = operands.repeat ?? 1;
    for (let i = 0; i < repeat; i++) {
      if (mnemonic === 'read_weights') this.waitingTiles.push(operands.wide === 1);
      if (operands.switch === 1) this.activeWide = this.waitingTiles.shift() ?? this.activeWide;
    }
  }
}

function complete(mnemonic: string, operands: Operands): Instruction {
  return makeInstruction(instructionNamed(mnemonic)!, operands);
}

/** Fields that break a rule of more than themselves when they change. */
const telling: Readonly<Record<string, readonly string[]>> = {
  read_weights: ['tile', 'useful', 'wide'],
  matrix_multiply: ['switch', 'switch', 'weights', 'weights', 'ub', 'ub', 'ub', 'acc'],
  convolve: ['switch', 'switch', 'weights', 'weights', 'ub', 'acc'],
  activate: ['ub', 'ub', 'pitch', 'function', 'acc'],
  pool: ['ub', 'ub', 'ub', 'pitch', 'function', 'source', 'rows'],
  vector: ['ub', 'ub', 'ub', 'rule', 'type', 'a', 'a_pitch'],
};

/** The operands with one of them changed: by a little, to a limit, or to another name. */
function breakRule(change: number, mnemonic: string, operands: Operands): Operands {
  const { definition, operands: all } = complete(mnemonic, operands);
  const draws = new Draws([change, (change * 61) % 4096, (change * 1021) % 4096]);
  const fields = definition.fields.filter(({ unused }) => !unused);
  const isAny = draws.once(5);
  const names = isAny ? fields.map((field) => field.name) : telling[mnemonic];
  const name = draws.pick(names ?? []);
  const field = fields.find((f) => f.name === name);
  if (!field) return operands;
  const changed = changeOperand(draws, mnemonic, field, all);
  return { ...operands, [name]: Math.min(Math.max(0, changed), fieldMaximum(field) + 1) };
}

function changeOperand(draws: Draws, mnemonic: string, field: Field, all: Operands): number {
  const { name, values, flag } = field;
  const value = all[name]!;
  // Two types on, a weight has another width.
  if (values || flag) return (value + (name === 'weights' ? 2 : 1)) % (values?.length ?? 2);
  // Results a byte behind an operand overlap it, and rows begin at multiples of W.
  const source = all.a ?? all.source;
  if (name === 'ub' && source !== undefined) return source + draws.pick([1, 4]);
  if (name === 'ub' && mnemonic === 'matrix_multiply') return value + draws.pick([4, 8]);
  // The address of convolve keeps its unit: which of two faults comes first is not laid down.
  const unit = mnemonic === 'convolve' ? (field.scale ?? 1) : 1;
  return draws.pick([value + unit, 8 * value + 8 * unit, value - unit, 0, 2 ** 32]);
}
