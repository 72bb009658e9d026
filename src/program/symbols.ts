import type { Configuration, Limits } from '../config/configuration.ts';
import { rowBytesOf } from '../config/configuration.ts';
import { parameters } from '../config/parameters.ts';
import { parameterBlockBytes } from '../isa/conversion.ts';
import { hostLayout, parameterBytes, tileLayout } from './layout.ts';
import type { MatrixDeclaration, NamedRange, ParameterDeclaration } from './program.ts';

/** A name with its value, or without one where the name stands for something without a number. */
export type NamedValue = readonly [name: string, value: number | undefined];

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;
const maximumNameLength = 255;

/** Whether a declaration may have this name: words of letters, digits and `_`, joined by dots. */
export function isSymbolName(text: string): boolean {
  return text.length <= maximumNameLength && namePattern.test(text);
}

const rowBytesName = 'ub.row_bytes';

/** Names that every program finds defined: the configuration's keys, and W. */
export const predefinedNames: readonly string[] = [...parameters.map((p) => p.key), rowBytesName];

/** The value of a predefined name; undefined for a bandwidth that is unlimited. */
export function predefinedValue(name: string, configuration: Configuration): number | undefined {
  if (name === rowBytesName) return rowBytesOf(configuration);
  const value = parameters.find((p) => p.key === name)?.get(configuration);
  return typeof value === 'number' ? value : undefined;
}

/** The names that a matrix defines: itself (an address or tile index), its shape, its layout. */
export function symbolsOfMatrix(matrix: MatrixDeclaration, limits: Limits): readonly NamedValue[] {
  const { name } = matrix;
  const shape: NamedValue[] = [
    [name, matrix.role === 'constants' ? undefined : matrix.address],
    [`${name}.rows`, matrix.rows],
    [`${name}.columns`, matrix.columns],
  ];
  if (matrix.role === 'constants') return shape;
  if (matrix.role === 'weights') {
    const layout = tileLayout(matrix, limits);
    return [
      ...shape,
      [`${name}.tiles`, layout.tiles],
      [`${name}.k_blocks`, layout.kBlocks],
      [`${name}.n_blocks`, layout.nBlocks],
    ];
  }
  const layout = hostLayout(matrix, limits);
  return [
    ...shape,
    [`${name}.bytes`, layout.bytes],
    [`${name}.pitch`, layout.pitch],
    [`${name}.block_bytes`, layout.blockBytes],
    [`${name}.blocks`, layout.blocks],
  ];
}

/** The names that parameter blocks define: their host address and sizes in bytes. */
export function symbolsOfParameters(
  declaration: ParameterDeclaration,
  limits: Limits,
): readonly NamedValue[] {
  return [
    [declaration.name, declaration.address],
    [`${declaration.name}.bytes`, parameterBytes(declaration.columns, limits)],
    [`${declaration.name}.block_bytes`, parameterBlockBytes(limits.columns)],
  ];
}

/** The names that a range defines: where it begins, and its size in bytes or rows. */
export function symbolsOfRange(range: NamedRange): readonly NamedValue[] {
  const unit = range.memory === 'unifiedBuffer' ? 'bytes' : 'rows';
  return [
    [range.name, range.from],
    [`${range.name}.${unit}`, range.to - range.from],
  ];
}
