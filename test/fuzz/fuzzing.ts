import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Draw } from './draw.ts';
import { shrink } from './shrink.ts';
import { Watchdog } from './watchdog.ts';

/**
 * Random input for a while. SYSTOLE_FUZZ_SECONDS is the time of all fuzzers together (10 without
 * it, 60 where CI is set); SYSTOLE_SEED begins with that seed instead of a new one. Input number i
 * comes from seed + i, so that the seed of a failure alone replays it.
 */
const fuzzers = 5;
const seconds = Number(process.env.SYSTOLE_FUZZ_SECONDS ?? (process.env.CI ? 60 : 10)) / fuzzers;
const firstSeed = Number(process.env.SYSTOLE_SEED ?? Date.now() % 2 ** 31) >>> 0;

/** No single input may take longer. The limits of the assembler are reached in about 3 seconds. */
const inputMilliseconds = 20_000;
/** The heap after thousands of inputs, against the heap after the first ones. */
const heapGrowthBytes = 64 * 2 ** 20;
const warmUpInputs = 50;
/** The most memory that the process ever held. */
const peakBytes = 2 * 2 ** 30;

const corpusFolder = join(import.meta.dirname, 'corpus');

export interface Fuzzer<T extends string | Uint8Array> {
  readonly name: string;
  /** What an input is, for the file names of the corpus: `.tpu`, `.npy`. */
  readonly ending: string;
  readonly generate: (draw: Draw) => T;
  /** Throws if the product does anything undocumented; else one word for what it did. */
  readonly check: (input: T) => string;
  readonly decode: (bytes: Uint8Array) => T;
  /** Outcomes that a run of some length must have met, or it has tried nothing. */
  readonly outcomes: readonly string[];
}

/** Declares the tests of a fuzzer: the corpus of what was found before, then new inputs. */
export function fuzz<T extends string | Uint8Array>(fuzzer: Fuzzer<T>): void {
  const folder = join(corpusFolder, fuzzer.name);
  describe(`fuzzer: ${fuzzer.name}`, () => {
    const found = existsSync(folder) ? readdirSync(folder).sort() : [];
    it.each(found)('what was found before has an answer: %s', (file) => {
      const outcome = fuzzer.check(fuzzer.decode(new Uint8Array(readFileSync(join(folder, file)))));
      expect(fuzzer.outcomes).toContain(outcome);
    });

    const options = { timeout: (seconds + 300) * 1000 };
    it('any input has a documented answer in bounded time and memory', options, async () => {
      const watchdog = new Watchdog(fuzzer.name);
      const statistics = tryInputs(fuzzer, watchdog, folder);
      await watchdog.stop();
      console.log(`fuzzer ${fuzzer.name}: ${describeRun(statistics)}`);
      expect(statistics.slowest.milliseconds).toBeLessThan(inputMilliseconds);
      expect(statistics.heapGrowth).toBeLessThan(heapGrowthBytes);
      expect(peakMemoryBytes()).toBeLessThan(peakBytes);
      if (statistics.inputs < 1000) return;
      expect([...statistics.outcomes.keys()].sort()).toEqual([...fuzzer.outcomes].sort());
    });
  });
}

interface Statistics {
  inputs: number;
  readonly seconds: number;
  readonly outcomes: Map<string, number>;
  readonly slowest: { milliseconds: number; seed: number };
  heapGrowth: number;
}

function tryInputs<T extends string | Uint8Array>(
  fuzzer: Fuzzer<T>,
  watchdog: Watchdog,
  folder: string,
): Statistics {
  const outcomes = new Map<string, number>();
  const slowest = { milliseconds: 0, seed: firstSeed };
  const end = performance.now() + seconds * 1000;
  let heapBefore = 0;
  let inputs = 0;
  for (; performance.now() < end; inputs++) {
    if (inputs === warmUpInputs) heapBefore = heapBytes();
    const seed = (firstSeed + inputs) >>> 0;
    const began = busyMilliseconds();
    watchdog.begin(seed);
    const outcome = tryInput(fuzzer, seed, folder);
    watchdog.end();
    const milliseconds = busyMilliseconds() - began;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (milliseconds > slowest.milliseconds) Object.assign(slowest, { milliseconds, seed });
  }
  const heapGrowth = inputs > warmUpInputs ? heapBytes() - heapBefore : 0;
  return { inputs, seconds, outcomes, slowest, heapGrowth };
}

function tryInput<T extends string | Uint8Array>(
  fuzzer: Fuzzer<T>,
  seed: number,
  folder: string,
): string {
  const input = fuzzer.generate(new Draw(seed));
  try {
    return fuzzer.check(input);
  } catch (error) {
    const small = shrink(input, (candidate) => failsAlike(fuzzer, candidate, error));
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `found-${seed}${fuzzer.ending}`);
    writeFileSync(file, small);
    const text = error instanceof Error ? error.stack : String(error);
    throw new Error(`SYSTOLE_SEED=${seed} replays it; shrunk in ${file}\n${text}`);
  }
}

/** Whether the same thing goes wrong; numbers in the message may differ. */
function failsAlike<T extends string | Uint8Array>(
  { check }: Fuzzer<T>,
  input: T,
  error: unknown,
): boolean {
  const kindOf = (e: unknown) =>
    String(e)
      .replaceAll(/[0-9]+/g, '0')
      .slice(0, 60);
  try {
    check(input);
    return false;
  } catch (other) {
    return kindOf(other) === kindOf(error);
  }
}

/** Time of this process alone: others may be at work on the same computer. */
function busyMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Bytes that are in use once what is not has been collected. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 2 ** 10;
}

function describeRun({ inputs, seconds, outcomes, slowest, heapGrowth }: Statistics): string {
  const met = [...outcomes].sort().map(([outcome, times]) => `${outcome} ${times}`);
  return [
    `${inputs} inputs in ${seconds} s from SYSTOLE_SEED=${firstSeed}`,
    `slowest ${slowest.milliseconds.toFixed(1)} ms (${slowest.seed})`,
    `heap ${(heapGrowth / 2 ** 20).toFixed(1)} MiB more`,
    `peak ${(peakMemoryBytes() / 2 ** 20).toFixed(0)} MiB`,
    met.join(', '),
  ].join('; ');
}
