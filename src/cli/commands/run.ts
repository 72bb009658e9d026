import type { Command } from 'commander';
import { unchecked } from '../../index.ts';
import type { Context } from '../context.ts';
import { checkOutputPath, execute, printReport, writeResults } from '../execute.ts';
import { diagnosticFailure } from '../failure.ts';
import { addExamples } from '../help.ts';
import { loadProgramArgument } from '../load-program.ts';
import { addProgramArgument, addSharedOptions, type SharedOptions } from '../options.ts';

/** `systole run PROGRAM` */
export function registerRun(command: Command, context: Context): void {
  addExamples(command, [
    ['systole run matmul.tpu', 'run it with the data that it names'],
    ['systole run matmul.tpu --in a=x.npy --out c=y.npy', 'other data, and keep the result'],
    ['systole run matmul.tpu --set hostInterface.bandwidth=unlimited', 'change the machine'],
    ['systole run gemm:1000x600x700 --json', 'a generated product, as JSON'],
  ]);
  addSharedOptions(addProgramArgument(command)).action(
    async (argument: string, options: SharedOptions) => {
      const paths = [...options.out.values()].flatMap(checkOutputPath);
      if (paths.length > 0) throw diagnosticFailure(paths);
      const loaded = await loadProgramArgument(argument, options, context);
      const simulation = await execute(loaded, options, context);
      writeResults(simulation, options.out, context);
      await printReport('run', simulation, unchecked, options, context);
    },
  );
}
