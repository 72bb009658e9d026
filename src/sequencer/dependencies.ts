import type { Region } from '../isa/work.ts';
import { issueEnd, type Operation } from './operation.ts';

/** Whether two regions may not be held at once: they meet and one of them is written. */
function meet(a: Region, b: Region): boolean {
  if (a.memory !== b.memory || (a.access === 'read' && b.access === 'read')) return false;
  return a.from < b.to && b.from < a.to;
}

function holds(operation: Operation, region: Region, cycle: number): boolean {
  if (operation.ended) return false;
  if (operation.startCycle < 0 || region.heldUntil === 'end') return true;
  return cycle < issueEnd(operation);
}

/**
 * Whether `earlier`, in `cycle`, still holds a region that `later` must not touch. Not for two matrix
 * instructions: they never wait for each other's accumulator rows, which land in feed order at
 * constant latency.
 */
export function blocks(earlier: Operation, later: Operation, cycle: number): boolean {
  for (const held of earlier.regions) {
    if (!holds(earlier, held, cycle)) continue;
    for (const wanted of later.regions) {
      if (meet(held, wanted)) return true;
    }
  }
  return false;
}

/** Whether the two conflict at all, whatever has already completed: what `hazards=fault` judges. */
export function findConflict(
  earlier: Operation,
  regions: readonly Region[],
): { held: Region; wanted: Region } | undefined {
  for (const held of earlier.regions) {
    const wanted = regions.find((region) => meet(held, region));
    if (wanted) return { held, wanted };
  }
  return undefined;
}
