import { type Diagnostic, type GemmSize, type Matrix, parseGemmSize } from '../index.ts';
import { readMatrixFile } from '../node.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure, diagnosticFailure } from './failure.ts';

export const operandTypes = ['int8', 'uint8', 'int16', 'uint16'] as const;
export type OperandType = (typeof operandTypes)[number];

/** Where the operands of a product are. */
export interface OperandFiles {
  readonly a: string;
  readonly b: string;
}

/** The operands of a product, with what follows from them. */
export interface Operands {
  readonly size: GemmSize;
  readonly aType: OperandType;
  readonly bType: OperandType;
  readonly matrices: ReadonlyMap<string, Matrix>;
}

/** `MxKxN` from the command line. */
export function readSize(text: string): GemmSize {
  const parsed = parseGemmSize(text);
  if ('size' in parsed) return parsed.size;
  throw new CommandFailure(parsed.diagnostics, exitCodes.usage);
}

/** Reads both operands; a size or a type that was asked for must be theirs. */
export function readOperands(
  files: OperandFiles,
  size: GemmSize | undefined,
  types: { readonly aType?: OperandType; readonly bType?: OperandType },
): Operands {
  const a = readOperand('a', files.a, types.aType);
  const b = readOperand('b', files.b, types.bType);
  const diagnostics = [...a.diagnostics, ...b.diagnostics];
  if (!a.matrix || !b.matrix || diagnostics.length > 0) throw diagnosticFailure(diagnostics);
  const found = { m: a.matrix.rows, k: a.matrix.columns, n: b.matrix.columns };
  if (b.matrix.rows !== found.k) {
    const message = `a is ${shapeOf(a.matrix)} (${files.a}) and b is ${shapeOf(b.matrix)} (${files.b}): the columns of a are not the rows of b`;
    throw diagnosticFailure([{ code: 'L304', message }]);
  }
  if (size && (size.m !== found.m || size.k !== found.k || size.n !== found.n)) {
    const message = `the files give a product of ${nameOf(found)}, not ${nameOf(size)}`;
    throw diagnosticFailure([{ code: 'L304', message, help: 'leave the size out' }]);
  }
  const matrices = new Map([
    ['a', a.matrix],
    ['b', b.matrix],
  ]);
  return { size: found, aType: a.type, bType: b.type, matrices };
}

function readOperand(
  name: string,
  file: string,
  wanted: OperandType | undefined,
): { matrix?: Matrix; type: OperandType; diagnostics: readonly Diagnostic[] } {
  const type = wanted ?? 'int8';
  const { matrix, diagnostics } = readMatrixFile(file, type);
  if (!matrix) return { type, diagnostics };
  const refuse = (code: 'L303' | 'L305', message: string) => {
    return { type, diagnostics: [{ code, message: `${file}: ${message}` }] };
  };
  const found = operandTypes.find((known) => known === matrix.type);
  if (!found) {
    const known = operandTypes.join(', ');
    return refuse('L303', `type ${matrix.type}: operand ${name} is one of ${known}`);
  }
  if (wanted && found !== wanted) {
    return refuse('L305', `type ${found}, not ${wanted} as --${name}-type says`);
  }
  return { matrix, type: found, diagnostics: [] };
}

function shapeOf({ rows, columns }: Matrix): string {
  return `${rows}×${columns}`;
}

function nameOf({ m, k, n }: GemmSize): string {
  return `${m}x${k}x${n}`;
}
