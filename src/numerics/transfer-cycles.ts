/**
 * Cycles that a transfer takes: max(1, floor(bytes·clockHz/bytesPerSecond + ½)), in exact integers.
 * `unlimited` gives 1. A 64 KiB tile at 700 MHz and 30 GiB/s takes 1,424.
 */
export function transferCycles(
  bytes: number,
  bandwidth: number | 'unlimited',
  clockHz: number,
): number {
  if (bandwidth === 'unlimited') return 1;
  const perSecond = BigInt(bandwidth);
  const cycles = (2n * BigInt(bytes) * BigInt(clockHz) + perSecond) / (2n * perSecond);
  return Math.max(1, Number(cycles));
}
