import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EngineName, engineNames, type SimulationOptions } from '../index.ts';
import { nodeThreads } from '../node.ts';
import { usageFailure } from './failure.ts';

/** How the array is computed. */
export interface EngineOptions {
  readonly engine: EngineName | 'auto';
  /** Without it all cores. */
  readonly threads?: number;
}

const mostThreads = 256;

/** `--engine` and `--threads`, which change nothing but the time that a run takes. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'how the array is computed: the results are the same')
        .choices(['auto', ...engineNames])
        .default('auto'),
    )
    .addOption(
      new Option(
        '--threads <n>',
        'share large products among so many (default: all cores)',
      ).argParser(parseThreads),
    );
}

/** What the options mean for a run: `auto` is the fastest engine, which computes row by row. */
export function engineOf({ engine, threads }: EngineOptions): EngineForRun {
  if (engine === 'cells') {
    if (threads !== undefined && threads > 1) {
      throw usageFailure('--threads has no effect on --engine cells', 'leave one of them out');
    }
    return { engine };
  }
  const count = threads ?? nodeThreads.cores;
  return {
    engine: engine === 'auto' ? 'rows' : engine,
    ...(count > 1 && { threads: { host: nodeThreads, count } }),
  };
}

type EngineForRun = Pick<SimulationOptions, 'engine' | 'threads'>;

function parseThreads(text: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= mostThreads) return value;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${mostThreads}.`);
}
