import { suggest } from '../errors/suggestion.ts';

/** The cycles of a trace, both included: `0..9` is ten cycles. */
export interface CycleWindow {
  readonly firstCycle: number;
  /** Infinity where the window goes on to the end of the run. */
  readonly lastCycle: number;
}

/** What the user selected, or what is wrong with how it was written. */
export type Selection<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly problem: string; readonly help?: string };

const windowForms =
  'write A..B (both included), A.. to the end, ..B from the start, or one cycle A';

/** Parses `A..B`, `A..`, `..B` or `A`; `_` may separate digits. */
export function parseCycleWindow(text: string): Selection<CycleWindow> {
  const match = /^(\d[\d_]*)?(\.\.)?(\d[\d_]*)?$/.exec(text.trim());
  const [first, dots, last] = match?.slice(1) ?? [];
  if (!match || (first === undefined && last === undefined)) {
    return { problem: `'${text}' is not a range of cycles`, help: windowForms };
  }
  const toCycle = (digits: string): number => Number(digits.replaceAll('_', ''));
  const firstCycle = toCycle(first ?? '0');
  const end = last === undefined ? Infinity : toCycle(last);
  const lastCycle = dots === undefined ? firstCycle : end;
  if (!Number.isSafeInteger(firstCycle) || (lastCycle !== Infinity && lastCycle > 2 ** 53)) {
    return { problem: `'${text}': no run has so many cycles`, help: windowForms };
  }
  if (firstCycle > lastCycle) {
    const problem = `'${text}' holds no cycle: ${firstCycle} is behind ${lastCycle}`;
    return { problem, help: `did you mean ${lastCycle}..${firstCycle}?` };
  }
  return { value: { firstCycle, lastCycle } };
}

/** The units that `Machine.describe` shows, in its order. */
export const unitNames: readonly string[] = [
  'sequencer',
  'host-interface',
  'weight-fifo',
  'mxu',
  'accumulators',
  'activation-unit',
  'unified-buffer',
];

/** Parses a list of unit names with commas between them. */
export function parseUnitNames(text: string): Selection<readonly string[]> {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !unitNames.includes(name));
  if (unknown !== undefined) {
    const help = suggest(unknown, unitNames);
    return { problem: `'${unknown}' is not a unit of the machine`, ...(help && { help }) };
  }
  return { value: [...new Set(names)] };
}
