import type { MachineChoice, Setting } from '../config/resolve.ts';
import type { Instruction } from '../isa/definition.ts';
import type { OperandShape } from '../program/declaration-checks.ts';
import type {
  Expectation,
  MatrixDeclaration,
  NamedRange,
  ParameterDeclaration,
} from '../program/program.ts';
import type { NamedValue } from '../program/symbols.ts';
import { Allocator } from './allocation.ts';
import { Expansion } from './expansion.ts';
import { assemblerLimits } from './limits.ts';
import { MachineSelection, type SettledMachine } from './machine-selection.ts';
import type { Macro } from './macros.ts';
import { type Context, Reporter } from './reporter.ts';
import { type SymbolMeaning, SymbolTable } from './symbol-table.ts';
import type { Place } from './token.ts';

/** What the assembler needs beside the text. */
export interface AssembleOptions {
  /** The name of the text in diagnostics; its last part names the program. */
  readonly file: string;
  /** Replaces the program's `.machine` wholly. */
  readonly machine?: MachineChoice;
  /** Applied on top of `.machine` or `machine`. */
  readonly settings?: readonly Setting[];
  /**
   * Reads an included file: its text and the name to show, or why it cannot be read, if that is
   * known. `from` is the including file's name.
   */
  readonly readInclude?: (path: string, from: string) => IncludeResult | undefined;
}

export type IncludeResult =
  | { readonly file: string; readonly text: string; readonly problem?: undefined }
  | { readonly problem: string };

const hostAlignment = 64;

/** A wide `read_weights`, whose tiles may be declared behind it. */
interface WideRead {
  readonly tile: number;
  readonly count: number;
  readonly places: Readonly<Record<'tile' | 'wide', Place | undefined>>;
  readonly context: Context;
}

interface Memories {
  readonly host: Allocator;
  readonly weights: Allocator;
  readonly unifiedBuffer: Allocator;
  readonly accumulators: Allocator;
}

/** Everything known of a program while it is assembled. */
export class AssemblyState {
  readonly options: AssembleOptions;
  readonly reporter = new Reporter();
  readonly expansion = new Expansion(this.reporter);
  readonly machine: MachineSelection;
  readonly symbols: SymbolTable;
  /** By their names in lower case. */
  readonly macros = new Map<string, Macro>();
  readonly sources = new Map<string, string>();
  readonly matrices = new Map<string, MatrixDeclaration>();
  readonly parameters: ParameterDeclaration[] = [];
  readonly ranges: NamedRange[] = [];
  readonly expectations = new Map<string, Expectation>();
  /** What expectations compute, for later ones. */
  readonly intermediates = new Map<string, OperandShape>();
  /** Matrices and expectations whose statements have mistakes: nothing is known of them. */
  readonly unknownMatrices = new Set<string>();
  readonly instructions: Instruction[] = [];
  /** Weight matrices by the index of their first tile. */
  readonly weightMatrices: MatrixDeclaration[] = [];
  readonly wideReads: WideRead[] = [];
  macroCalls = 0;
  /** A halt was written, or may have stood where the text could not be read. */
  haltSeen = false;
  /** The last statement of the program's own file. */
  lastPlace: Place | undefined;
  #memories: Memories | undefined;
  #declarations = 0;

  constructor(options: AssembleOptions) {
    this.options = options;
    this.machine = new MachineSelection(this.reporter, options.machine, options.settings);
    this.symbols = new SymbolTable(this.reporter, () => this.settled.configuration);
  }

  get settled(): SettledMachine {
    return this.machine.settle();
  }

  get memories(): Memories {
    this.#memories ??= this.#divideMemories();
    return this.#memories;
  }

  /** Counts a declaration; false, with the assembly stopped, if there are too many. */
  countDeclaration(place: Place): boolean {
    if (++this.#declarations <= assemblerLimits.declarations) return true;
    const message = `the program declares more than ${assemblerLimits.declarations} things`;
    this.reporter.stop('A119', message, place);
    return false;
  }

  /**
   * Defines the names of a declaration, its own first; where it has a mistake, their values stay
   * unknown. False if its own name is taken: one diagnostic says so.
   */
  defineSymbols(names: readonly NamedValue[], place: Place, mistaken: boolean): boolean {
    let isSound = true;
    for (const [index, [name, value]] of names.entries()) {
      const meaning: SymbolMeaning = mistaken
        ? { kind: 'unknown' }
        : value === undefined
          ? { kind: 'valueless' }
          : { kind: 'number', value };
      if (!isSound && this.symbols.has(name)) continue;
      if (!this.symbols.define(name, meaning, place)) isSound = false;
      if (!isSound && index === 0) return false;
    }
    return true;
  }

  /** Remembers where a matrix of weights lies, for the true dimensions of its tiles. */
  addWeightMatrix(matrix: MatrixDeclaration): void {
    const later = this.weightMatrices.findIndex((m) => m.address > matrix.address);
    this.weightMatrices.splice(later < 0 ? this.weightMatrices.length : later, 0, matrix);
  }

  #divideMemories(): Memories {
    const { limits } = this.settled;
    return {
      host: new Allocator(limits.hostMemoryBytes, hostAlignment),
      weights: new Allocator(limits.tiles, 1),
      unifiedBuffer: new Allocator(limits.unifiedBufferBytes, limits.rowBytes),
      accumulators: new Allocator(limits.accumulatorRows, 1),
    };
  }
}
