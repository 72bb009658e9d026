import type { Matrix, Program } from '../program/program.ts';
import { evaluateExpectations } from '../reference/matmul.ts';
import { findWriter } from './provenance.ts';
import { readOutputs, type Simulation } from './simulate.ts';

/** How thoroughly outputs were compared. */
export type Checked = 'full' | 'quick' | 'none';

/** The first element that differs, and what wrote it; `cycle` is null if nothing did. */
export interface Difference {
  readonly output: string;
  readonly row: number;
  readonly column: number;
  readonly expected: number;
  readonly got: number;
  readonly cycle: number | null;
  readonly instruction: number | null;
}

/** `match` is true only if every output was compared, null if none was. */
export interface CheckResult {
  readonly checked: Checked;
  readonly match: boolean | null;
  readonly firstDifference?: Difference;
}

/** What nobody compared. */
export const unchecked: CheckResult = { checked: 'none', match: null };

/** Names of the outputs for which nothing says what they should hold. */
export function outputsWithoutExpectation(
  program: Program,
  given: ReadonlyMap<string, Matrix>,
): string[] {
  const expected = new Set([...given.keys(), ...program.expectations.map((e) => e.name)]);
  return program.matrices
    .filter((d) => d.role === 'result' && !expected.has(d.name))
    .map((d) => d.name);
}

/**
 * Compares every output with what the program's expectations compute from its input matrices, or
 * with the matrix given for it. Nothing is compared of a run that did not finish, or if an output
 * has neither of the two.
 */
export function checkOutputs(
  simulation: Simulation,
  matrices: ReadonlyMap<string, Matrix>,
  given: ReadonlyMap<string, Matrix> = new Map(),
): CheckResult {
  const { program, status } = simulation;
  const outputs = readOutputs(simulation);
  const incomplete = outputsWithoutExpectation(program, given).length > 0;
  if (status !== 'finished' || outputs.size === 0 || incomplete) return unchecked;
  const allGiven = [...outputs.keys()].every((name) => given.has(name));
  const computed = allGiven ? new Map() : evaluateExpectations(program, matrices);
  for (const [name, output] of outputs) {
    const expected: Matrix = given.get(name) ?? computed.get(name);
    const difference = compareMatrices(simulation, name, output, expected);
    if (difference) return { checked: 'full', match: false, firstDifference: difference };
  }
  return { checked: 'full', match: true };
}

/** The first element, in row-major order, in which an output differs. */
export function compareMatrices(
  simulation: Simulation,
  name: string,
  output: Matrix,
  expected: Matrix,
): Difference | undefined {
  const { data } = output;
  const alike = (['rows', 'columns', 'type'] as const).every((k) => output[k] === expected[k]);
  if (!alike) {
    const described = ({ type, rows, columns }: Matrix) => `${type}[${rows}, ${columns}]`;
    throw new RangeError(`${name} is ${described(output)}, compared with ${described(expected)}`);
  }
  for (let at = 0; at < data.length; at++) {
    if (data[at] !== expected.data[at]) {
      const row = Math.floor(at / output.columns);
      const column = at % output.columns;
      return describeDifference(simulation, name, row, column, expected.data[at]!, data[at]!);
    }
  }
  return undefined;
}

/** A difference with what wrote the element. */
export function describeDifference(
  { program, machine }: Simulation,
  output: string,
  row: number,
  column: number,
  expected: number,
  got: number,
): Difference {
  const declaration = program.matrices.find((d) => d.name === output)!;
  const writer = findWriter(declaration, row, column, machine);
  return {
    output,
    row,
    column,
    expected,
    got,
    cycle: writer?.cycle ?? null,
    instruction: writer?.instruction ?? null,
  };
}
