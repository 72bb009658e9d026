/** What is told of a measurement: runs, what they amounted to, and the seconds that they took. */
export const units = {
  'GMAC/s': ({ amount, seconds }) => amount / seconds / 1e9,
  'k cycles/s': ({ amount, seconds }) => amount / seconds / 1e3,
  'runs/s': ({ runs, seconds }) => runs / seconds,
  ms: ({ runs, seconds }) => (1000 * seconds) / runs,
};
