/** The value below which a share of the samples lies, between neighbours in proportion. */
function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** Median and quartiles, which a few disturbed samples do not move. */
export function summarise(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    samples,
  };
}

/** Of ratios within a round, when a noisy machine was noisy for both. */
export function summariseRatios(samples, others) {
  const rounds = Math.min(samples.length, others.length);
  return summarise(samples.slice(0, rounds).map((sample, round) => sample / others[round]));
}
