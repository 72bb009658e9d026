import { parseArgs } from 'node:util';

export const help = `Measures Systole beside others, on this machine and in one run.

  npm run bench                                  everything that is installed
  npm run bench -- --quick                       few repetitions, for a first look
  npm run bench -- --list                        the groups and their rows
  npm run bench -- --only rows-kernel,registers  these groups or rows
  npm run bench -- --node24 /opt/node24/bin/node kernels and processes on Node 24, too

Options:
  --only NAME,...    groups, or rows as GROUP/ROW; may be given again
  --list             print their names and end
  --quick            three short rounds
  --rounds N         rounds; in each, every contestant of a group is measured once (default: 11)
  --node24 PATH      a Node 24 program: the rows that depend on Node are repeated with it
  --scale-sim PATH   a folder with SCALE-Sim v2
  --opentpu PATH     a folder with OpenTPU, made to run
  --out FILE         where the JSON goes (default: bench/results/DATE-NODE.json)
  --help             this text

Peers that come from npm are measured once they are installed: npm ci --prefix bench
`;

/** Seconds that a contestant is measured for in a round, if it does not take longer by itself. */
const usualSeconds = 0.25;
const quickSeconds = 0.1;

/** The options; throws an Error with what is wrong about them. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      node24: { type: 'string' },
      'scale-sim': { type: 'string' },
      opentpu: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { rounds, quick, only, 'scale-sim': scaleSim, ...others } = values;
  if (rounds !== undefined && !/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new Error(`--rounds wants a number from 1 on, not ${rounds}`);
  }
  return {
    ...others,
    scaleSim,
    only: only.flatMap((names) => names.split(',')),
    rounds: rounds ? Number(rounds) : quick ? 3 : 11,
    seconds: quick ? quickSeconds : usualSeconds,
  };
}
