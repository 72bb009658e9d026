import { posix } from 'node:path';
import { findGlobals, findImports, type ImportSite } from './source-text.ts';

/** A folder or file of src/, what of src/ it may import beside itself, and which packages. */
interface Rule {
  readonly room: string;
  readonly mayImport: readonly string[];
  readonly packages: readonly string[];
}

const ground = 'errors config numerics';
const unit = `${ground} memory type:trace/register-view`;
const units =
  'host-interface unified-buffer weight-memory weight-fifo systolic-data-setup mxu accumulators activation-unit';
const views = 'trace/counters trace/register-view';
const tools = 'assembler compiler loader reference';

/**
 * Who may import whom, from the ground up. A room may only be given what stands above it in this
 * table, so that there are no circles. `type:` allows `import type` only. A file belongs to the
 * longest name that fits it.
 */
export const rules: readonly Rule[] = [
  allow('errors', ''),
  allow('numerics', ''),
  allow('config', 'errors'),
  allow('version', ''),
  allow('isa', ground),
  allow('memory', 'errors'),
  allow('program', `${ground} isa`),
  allow('trace/register-view', ''),
  allow('trace/counters', 'type:isa'),
  // A unit knows no other unit and no instruction: it works on plain numbers.
  allow('host-interface', unit),
  allow('unified-buffer', unit),
  allow('weight-memory', unit),
  allow('weight-fifo', unit),
  allow('systolic-data-setup', unit),
  allow('mxu', unit),
  allow('accumulators', unit),
  allow('activation-unit', unit),
  allow('sequencer', `${ground} isa ${views}`),
  // The only place where two units meet.
  allow('machine', `${ground} isa memory sequencer ${units} ${views}`),
  allow('trace', `${ground} isa sequencer machine version ${views}`),
  allow('assembler', `${ground} isa program`),
  allow('loader', `${ground} isa program memory`, 'npyjs'),
  allow('loader/node-files', `${ground} program loader`, 'node:*'),
  // It makes programs and operands; it never asks the machine.
  allow('compiler', `${ground} isa program loader`),
  // The oracle: it shares no arithmetic and no unit with what it judges.
  allow('reference', 'errors config isa program memory'),
  allow('simulation', `${ground} isa program memory sequencer machine ${views} ${tools} version`),
  allow('conformance', `${ground} isa program loader compiler simulation`, 'zod'),
  allow(
    'index',
    `${ground} isa program memory type:mxu sequencer machine trace ${views} ${tools} simulation conformance version`,
  ),
  // Threads of this host for the kernels of the array.
  allow('threads', 'type:mxu', 'node:*'),
  allow('node', 'loader/node-files threads', 'node:*'),
  // A user of the public interface like any other.
  allow('cli', 'index node', 'node:* commander chalk'),
];

/** Names that only Node defines: for rooms that may import Node. */
const nodeGlobals = ['process', 'Buffer', 'require', 'global', '__dirname', '__filename'];

/** What breaks the rules in files given by path under src/ and text: one line each. */
export function findViolations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => [
    ...findImports(text).flatMap((site) => {
      const problem = judgeImport(path, site);
      return problem ? [`${path}:${site.line}: ${problem}`] : [];
    }),
    ...findGlobals(text, forbiddenGlobals(path)).map(
      ([name, line]) => `${path}:${line}: ${roomOf(path)?.room} may not use ${name}`,
    ),
  ]);
}

function judgeImport(path: string, { specifier, typeOnly }: ImportSite): string | undefined {
  const from = roomOf(path);
  if (!from) return 'is in no room of the table';
  if (specifier === undefined) return 'imports a computed name';
  if (!specifier.startsWith('.')) {
    const isAllowed = from.packages.some(
      (name) => name === specifier || (name === 'node:*' && specifier.startsWith('node:')),
    );
    return isAllowed ? undefined : `${from.room} may not import ${specifier}`;
  }
  const target = posix.join(posix.dirname(path), specifier);
  const to = roomOf(target);
  if (!to) return `imports ${target}, which is in no room of the table`;
  if (to === from || from.mayImport.includes(to.room)) return undefined;
  if (!from.mayImport.includes(`type:${to.room}`)) return `${from.room} may not import ${target}`;
  return typeOnly ? undefined : `${from.room} may import only types of ${target}`;
}

/** Only the command line prints. */
function forbiddenGlobals(path: string): string[] {
  const room = roomOf(path);
  if (room?.room === 'cli') return [];
  return room?.packages.includes('node:*') ? ['console'] : ['console', ...nodeGlobals];
}

function roomOf(path: string): Rule | undefined {
  const fits = rules.filter(({ room }) => path === `${room}.ts` || path.startsWith(`${room}/`));
  return fits.sort((a, b) => b.room.length - a.room.length)[0];
}

function allow(room: string, mayImport: string, packages = ''): Rule {
  return { room, mayImport: splitWords(mayImport), packages: splitWords(packages) };
}

function splitWords(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
