/**
 * One contestant in a process of its own, so that none inherits another's compiled code or garbage.
 * Does what lib/contestant.mjs asks for: prepares and checks it, then measures as often as told.
 */
import { Unavailable } from './lib/unavailable.mjs';

const usualWarmUpSeconds = 0.5;

let contestant;

/** Runs it for some time, at least once: how often, what that amounted to, and the seconds. */
async function measure(seconds) {
  const result = { runs: 0, amount: 0, seconds: 0, facts: {} };
  const began = performance.now();
  do {
    const runBegan = performance.now();
    const outcome = contestant.run();
    const measured = outcome instanceof Promise ? await outcome : outcome;
    result.seconds += measured?.seconds ?? (performance.now() - runBegan) / 1000;
    result.amount += measured?.amount ?? contestant.amount ?? 1;
    result.runs++;
    Object.assign(result.facts, measured?.facts);
  } while (performance.now() - began < 1000 * seconds);
  return result;
}

async function prepare({ name, parameters }) {
  const module = await import(new URL(`contestants/${name}.mjs`, import.meta.url));
  contestant = await module.prepare(parameters);
  await contestant.check?.();
  // Compilers optimise what has run for a while.
  await measure(contestant.warmUpSeconds ?? usualWarmUpSeconds);
  return { node: process.version, facts: contestant.facts ?? {} };
}

process.on('message', async ({ task, argument }) => {
  try {
    const result = await (task === 'prepare' ? prepare(argument) : measure(argument));
    process.send({ result });
  } catch (error) {
    if (error instanceof Unavailable) process.send({ unavailable: error.message });
    else process.send({ failed: error.stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit());
