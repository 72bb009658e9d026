import type { FaultDetail } from '../errors/machine-fault.ts';

const unitNames = {
  unifiedBuffer: 'unified buffer',
  accumulators: 'accumulators',
  hostMemory: 'host memory',
} as const;

/** A fault if [from, to) reaches outside 0..size; `what` is `byte` or `row`. */
export function checkRange(
  memory: keyof typeof unitNames,
  from: number,
  to: number,
  size: number,
): FaultDetail | undefined {
  if (from >= 0 && to <= size) return undefined;
  const what = memory === 'accumulators' ? 'row' : 'byte';
  const worst = from < 0 ? from : to - 1;
  return {
    kind: 'range',
    unit: unitNames[memory],
    reason: `${what} ${worst} is outside 0..${size - 1}`,
    help: `the instruction touches ${what}s ${from}..${to - 1}`,
  };
}

/** Whether two ranges overlap without being equal: an instruction's own two must not. */
export function overlapsInPart(
  a: { from: number; to: number },
  b: { from: number; to: number },
): boolean {
  const apart = a.to <= b.from || b.to <= a.from;
  return !apart && (a.from !== b.from || a.to !== b.to);
}
