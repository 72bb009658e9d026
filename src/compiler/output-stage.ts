import type { Diagnostic } from '../errors/diagnostic.ts';
import { outputBytes, outputTypes, requantisationRules } from '../isa/enumerations.ts';
import { registerIndex } from '../isa/registers.ts';
import { bitsFromFloat32 } from '../numerics/requantise.ts';
import type { Matrix, ParameterDeclaration } from '../program/program.ts';
import type { Output, Requantisation } from './operator.ts';
import type { ProgramBuilder } from './program-builder.ts';

/** What becomes of the sums of an operator: registers, parameter blocks and their constants. */

const constantNames = {
  bias: 'folded_bias',
  scale: 'scales',
  multiplier: 'multipliers',
  shift: 'shifts',
} as const;

/** Bytes of a result. */
export function resultBytesOf({ type }: Output): number {
  return outputBytes[type];
}

function requantisationOf(output: Output): Requantisation | undefined {
  return output.type === 'int32' ? undefined : output.requantisation;
}

/** Whether columns differ, or have a bias, so that they need parameter blocks. */
export function needsBlocks(output: Output, hasBias: boolean): boolean {
  const requantisation = requantisationOf(output);
  if (hasBias || !requantisation) return hasBias;
  if (requantisation.rule === 'f') return requantisation.scales.length > 1;
  return requantisation.multipliers.length > 1 || requantisation.shifts.length > 1;
}

/** Everything about an output that cannot be, for so many columns. */
export function checkOutput(output: Output, columns: number): Diagnostic[] {
  const requantisation = requantisationOf(output);
  if (!requantisation || output.type === 'int32') return [];
  const { rule } = requantisation;
  const lists =
    rule === 'f'
      ? [['scales', requantisation.scales] as const]
      : ([
          ['multipliers', requantisation.multipliers],
          ['shifts', requantisation.shifts],
        ] as const);
  const found: Diagnostic[] = [];
  for (const [name, list] of lists) {
    if (list.length === 1 || list.length === columns) continue;
    const message = `${name}: ${list.length} values for ${columns} columns`;
    found.push({ code: 'A121', message, help: 'give one, or one for each column' });
  }
  const { clamp } = output;
  if (clamp && clamp[0] > clamp[1]) {
    found.push({ code: 'A121', message: `clamp ${clamp[0]}..${clamp[1]} is empty` });
  }
  return found;
}

/** Declares the parameter blocks of an operator with their constants; returns their host byte. */
export function declareBlocks(
  builder: ProgramBuilder,
  output: Output,
  columns: number,
  hasBias: boolean,
): number {
  const requantisation = requantisationOf(output);
  const { bias, scale, multiplier, shift } = constantNames;
  let parts: Partial<ParameterDeclaration> = {};
  if (hasBias) builder.declareConstants(bias, 'int32', columns);
  if (requantisation?.rule === 'f') {
    builder.declareConstants(scale, 'float32', columns);
    parts = { scale };
  } else if (requantisation) {
    builder.declareConstants(multiplier, 'int32', columns);
    builder.declareConstants(shift, 'int8', columns);
    parts = { multiplier, shift };
  }
  return builder.declareParameters({
    name: 'parameters',
    columns,
    ...(hasBias && { bias }),
    ...parts,
  });
}

/** The constants of the parameter blocks. */
export function bindBlocks(
  output: Output,
  columns: number,
  bias: Int32Array | undefined,
): Map<string, Matrix> {
  const requantisation = requantisationOf(output);
  const matrices = new Map<string, Matrix>();
  const add = (name: string, type: 'int32' | 'float32' | 'int8', data: Matrix['data']): void => {
    matrices.set(name, { type, rows: 1, columns, data });
  };
  const spread = (list: readonly number[]): number[] =>
    Array.from({ length: columns }, (_, c) => (list.length === 1 ? list[0]! : list[c]!));
  if (bias) add(constantNames.bias, 'int32', bias);
  if (requantisation?.rule === 'f') {
    add(constantNames.scale, 'float32', Float32Array.from(spread(requantisation.scales)));
  } else if (requantisation) {
    const { multipliers, shifts } = requantisation;
    add(constantNames.multiplier, 'int32', Int32Array.from(spread(multipliers)));
    add(constantNames.shift, 'int8', Int8Array.from(spread(shifts)));
  }
  return matrices;
}

/** Sets the registers of the output; scales too, where no parameter blocks bring them. */
export function setOutput(builder: ProgramBuilder, output: Output, withBlocks: boolean): void {
  if (output.type === 'int32') return;
  const { requantisation, zeroPoint, clamp } = output;
  builder.set(registerIndex.zeroPoint, zeroPoint);
  if (clamp) {
    builder.set(registerIndex.clampLow, clamp[0]);
    builder.set(registerIndex.clampHigh, clamp[1]);
  }
  if (withBlocks) return;
  if (requantisation.rule === 'f') {
    builder.set(registerIndex.multiplier, bitsFromFloat32(requantisation.scales[0]!));
  } else {
    builder.set(registerIndex.multiplier, requantisation.multipliers[0]!);
    builder.set(registerIndex.shift, requantisation.shifts[0]!);
  }
}

/** Operands of `activate` that say what becomes of sums. */
export function activateOperands(output: Output): { type: number; rule: number } {
  const rule = requantisationOf(output)?.rule ?? 'f';
  return { type: outputTypes.indexOf(output.type), rule: requantisationRules.indexOf(rule) };
}
