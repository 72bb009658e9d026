import type { Parameters } from 'fast-check';

const factor = Number(process.env.SYSTOLE_RUNS ?? 1);

/** How often something must be met: much less in runs that are shortened, where chance decides. */
export function leastMet(times: number): number {
  return factor < 1 ? Math.floor((times * factor) / 4) : times;
}

/**
 * Runs of a property: as many as given, times SYSTOLE_RUNS (a factor, 1 without it), from the seed
 * SYSTOLE_SEED if it is set. A failure prints the seed and the shrunk program, or with
 * SYSTOLE_SHRINK=0 the program as it was found, sooner.
 */
export function propertyParameters(runs: number): Parameters<unknown> {
  const seed = process.env.SYSTOLE_SEED;
  const numRuns = Math.max(1, Math.round(runs * factor));
  const endOnFailure = process.env.SYSTOLE_SHRINK === '0';
  return { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }), endOnFailure };
}
