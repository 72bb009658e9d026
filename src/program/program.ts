import type { Configuration } from '../config/configuration.ts';
import type { MachineChoice } from '../config/resolve.ts';
import type { Span } from '../errors/diagnostic.ts';
import type { Instruction } from '../isa/definition.ts';

/** Element types of matrices in files; float32 only for scales. */
export const elementTypes = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'float32'] as const;
export type ElementType = (typeof elementTypes)[number];

/**
 * What a matrix is to the program.
 * `activations`: host memory, cut into column blocks of R, a row every W bytes (2·W for 16 bits),
 * or packed.
 * `weights`: Weight Memory, cut into tiles by K block, then N block; two for each of 16 bits.
 * `result`: host memory, written by the program, cut into column blocks of C, or packed.
 * `constants`: no place of its own; biases, scales and operands of `.expect`.
 */
export const matrixRoles = ['activations', 'weights', 'result', 'constants'] as const;
export type MatrixRole = (typeof matrixRoles)[number];

/** A matrix that a program names. Row-major, `rows` × `columns`. */
export interface MatrixDeclaration {
  readonly name: string;
  readonly type: ElementType;
  readonly rows: number;
  readonly columns: number;
  readonly role: MatrixRole;
  /**
   * Activations and results whose rows lie one behind the other without padding: images of
   * [height·width, channels], as convolve and pool read and write them.
   */
  readonly packed?: true;
  /** Host byte of the first block, index of the first tile, or 0 for constants. */
  readonly address: number;
  /** Its data, relative to the program's folder; a flag may name another. */
  readonly file?: string;
  readonly source?: Span;
}

/** A parameter block of the Activation Unit for every C columns, in host memory. */
export interface ParameterDeclaration {
  readonly name: string;
  readonly columns: number;
  /** Host byte of the first block. */
  readonly address: number;
  /** Constants, int32 [1, columns]; without it the bias is 0. */
  readonly bias?: string;
  /**
   * Rule F: one scale for all columns, or the name of constants, float32 [1, columns]. Without it,
   * and without a multiplier, 1.
   */
  readonly scale?: number | string;
  /** Rules D and S, instead of a scale: an int32, or the name of constants, int32 [1, columns]. */
  readonly multiplier?: number | string;
  /** With a multiplier: −31..30, or the name of constants, int8 [1, columns]; without it 0. */
  readonly shift?: number | string;
  readonly source?: Span;
}

/** A named range of the Unified Buffer (bytes) or the Accumulators (rows), for readers of traces. */
export interface NamedRange {
  readonly name: string;
  readonly memory: 'unifiedBuffer' | 'accumulators';
  readonly from: number;
  readonly to: number;
}

/**
 * What a matrix should hold: a product, or what a matrix of constants holds.
 * An expectation of a name that is no declared matrix is an intermediate for later ones.
 */
export type Expectation = ProductExpectation | CopyExpectation;

/**
 * Σ (a − a's zero point)·(b − b's zero point) + bias, wrapping at 32 bits, requantised unless the
 * type is int32: with a multiplier by rule D or S, else by rule F.
 */
export interface ProductExpectation {
  readonly kind: 'matmul';
  readonly name: string;
  readonly type: 'int32' | 'int16' | 'int8' | 'uint8';
  /** A declared matrix, or an earlier expectation. */
  readonly a: string;
  readonly b: string;
  /** Within the range of a's type; without it 0. */
  readonly aZeroPoint?: number;
  /**
   * Within the range of b's type, or the name of constants, int32 [1, columns of b], with one for
   * each column; without it 0.
   */
  readonly bZeroPoint?: number | string;
  readonly bias?: string;
  /** Without it F. */
  readonly rule?: 'd' | 's';
  /** Rule F: a number, or the name of constants, float32 [1, columns of b]; without it 1. */
  readonly scale?: number | string;
  /** Rules D and S: an int32, or the name of constants, int32 [1, columns of b]. */
  readonly multiplier?: number | string;
  /** Rules D and S: −31..30, or the name of constants, int8 [1, columns of b]; without it 0. */
  readonly shift?: number | string;
  /** Of the result. */
  readonly zeroPoint?: number;
  readonly clamp?: readonly [number, number];
  readonly relu?: boolean;
  readonly source?: Span;
}

/** The values of a matrix of constants, of the same type and shape. */
export interface CopyExpectation {
  readonly kind: 'copy';
  readonly name: string;
  readonly type: ElementType;
  readonly of: string;
  readonly source?: Span;
}

/** An assembled program with everything needed to load, run and check it. */
export interface Program {
  /** File name or other short name, for reports. */
  readonly name: string;
  readonly machine: MachineChoice;
  /** The configuration for which addresses were computed. */
  readonly configuration: Configuration;
  readonly matrices: readonly MatrixDeclaration[];
  readonly parameters: readonly ParameterDeclaration[];
  readonly ranges: readonly NamedRange[];
  readonly expectations: readonly Expectation[];
  readonly instructions: readonly Instruction[];
}

/** Values of a matrix, row-major. */
export type MatrixData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Float32Array;

/** A matrix with its values: `data.length` is rows × columns. */
export interface Matrix {
  readonly type: ElementType;
  readonly rows: number;
  readonly columns: number;
  readonly data: MatrixData;
}
