import {
  type Diagnostic,
  type MachineChoice,
  nearest,
  parameters,
  presets,
  resolveConfiguration,
  type Setting,
  suggest,
} from '../index.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure, diagnosticFailure } from './failure.ts';
import { readInput } from './read-input.ts';
import type { Surroundings } from './surroundings.ts';

/** What `--config` and `--set` say about the machine. */
export interface MachineFlags {
  /** Replaces the program's `.machine`. */
  readonly machine?: MachineChoice;
  /** On top of `machine`, or of what the program says. */
  readonly settings: readonly Setting[];
}

/** The machine where neither the flags nor a program name one. */
export const defaultPreset = 'tpu-v1';

/** The version of configuration files, as `config --json` writes them. */
export const configSchema = 'systole.config/1';

type Place = Pick<Diagnostic, 'span' | 'excerpt'>;

/** Keys of a configuration file that are no parameters. */
const otherKeys = ['$schema', 'schema', 'preset'];

/**
 * Reads `--config` and `--set`. A configuration file with a preset replaces the program's machine,
 * one without changes it. Fails on everything that no program could make right.
 */
export async function readMachineFlags(
  options: { readonly config?: string; readonly set: readonly Setting[] },
  surroundings: Surroundings,
): Promise<MachineFlags> {
  const { config, set } = options;
  const named = config === undefined ? { settings: [] } : await readConfig(config, surroundings);
  const flags = { ...named, settings: [...named.settings, ...set] };
  // Contradictions depend on the machine that the program may name; the rest can be said now.
  const preset = flags.machine?.preset ?? defaultPreset;
  const { diagnostics } = resolveConfiguration({ preset, settings: flags.settings });
  const certain = diagnostics.filter((d) => d.code !== 'C405' || flags.machine);
  if (certain.length > 0) throw diagnosticFailure(certain);
  return flags;
}

/** The machine that flags choose over what a program says. */
export function applyFlags(flags: MachineFlags, written: MachineChoice): MachineChoice {
  const { preset, settings } = flags.machine ?? written;
  return { preset, settings: [...settings, ...flags.settings] };
}

async function readConfig(text: string, surroundings: Surroundings): Promise<MachineFlags> {
  if (Object.hasOwn(presets, text)) {
    return { machine: { preset: text, settings: [] }, settings: [] };
  }
  const { bytes, problem } = await readInput(text, surroundings);
  if (bytes) return parseConfig(new TextDecoder().decode(bytes), text);
  const names = Object.keys(presets);
  if (/^[\w-]+$/.test(text) && text !== '-') {
    const near = nearest(text, names);
    const help = near ? `did you mean '${near}'?` : `presets: ${names.join(', ')}`;
    throw diagnosticFailure([{ code: 'C403', message: `unknown preset '${text}'`, help }]);
  }
  const help = `--config takes a JSON file or a preset: ${names.join(', ')}`;
  throw diagnosticFailure([{ code: 'C404', message: problem.message, help }]);
}

/** Reads the text of a configuration file: keys flat (`mxu.rows`), nested, or both. */
function parseConfig(text: string, file: string): MachineFlags {
  const content = parseObject(text, file);
  const diagnostics: Diagnostic[] = [];
  const settings: Setting[] = [];
  const keys = new Set(parameters.map((p) => p.key));
  const report = (code: Diagnostic['code'], message: string, key: string, help?: string): void => {
    const place = findKey(text, key, file);
    diagnostics.push({ code, message, ...place, ...(help !== undefined && { help }) });
  };
  const visit = (value: unknown, path: string): void => {
    const holdsKeys = parameters.some((p) => p.key.startsWith(`${path}.`));
    if (isObject(value) && holdsKeys) {
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    } else if (!keys.has(path)) {
      const help = suggest(path, [...keys, ...otherKeys]) ?? 'systole config lists every key';
      report('C401', `unknown configuration key '${path}'`, path, help);
    } else if (typeof value === 'string' || typeof value === 'number') {
      const setting = { key: path, value };
      const { diagnostics: wrong } = resolveConfiguration({
        preset: defaultPreset,
        settings: [setting],
      });
      for (const d of wrong) if (d.code !== 'C405') report(d.code, d.message, path, d.help);
      if (settings.some((s) => s.key === path)) report('C402', `${path} is given twice`, path);
      settings.push(setting);
    } else report('C402', `${path}: ${describeValue(value)} is no number or text`, path);
  };
  const { $schema, schema = configSchema, preset, ...rest } = content;
  if ($schema !== undefined && typeof $schema !== 'string') {
    report('C402', '$schema: its value is no text', '$schema');
  }
  if (schema !== configSchema) report('C402', `schema is not ${configSchema}`, 'schema');
  if (preset !== undefined && !(typeof preset === 'string' && Object.hasOwn(presets, preset))) {
    const names = Object.keys(presets);
    const help = typeof preset === 'string' ? suggest(preset, names) : `one of ${names.join(', ')}`;
    report('C403', `unknown preset ${describeValue(preset)}`, 'preset', help);
  }
  for (const [key, value] of Object.entries(rest)) visit(value, key);
  if (diagnostics.length > 0) throw new CommandFailure(diagnostics, exitCodes.usage);
  if (preset === undefined) return { settings };
  return { machine: { preset: preset as string, settings: [] }, settings };
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let reason = 'it is not a JSON object';
  let place: Place = {};
  try {
    const content: unknown = JSON.parse(text);
    if (isObject(content)) return content;
  } catch (error) {
    // Versions of Node word the rest differently.
    const at = / at position ([0-9]+)/.exec((error as Error).message)?.[1];
    reason = 'it is not JSON';
    if (at !== undefined) place = placeAt(text, Number(at), 1, file);
  }
  const help = 'a configuration file looks like {"preset": "tpu-v1", "mxu.rows": 128}';
  const message = place.span ? 'this is no longer JSON' : `${file}: cannot be read: ${reason}`;
  throw new CommandFailure([{ code: 'C404', message, ...place, help }], exitCodes.usage);
}

/** A value in a message; lists and objects can be of any size. */
function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a key stands in the text: as it is, or its last part if it is nested. */
function findKey(text: string, key: string, file: string): Place {
  for (const name of [key, key.slice(key.lastIndexOf('.') + 1)]) {
    const quoted = JSON.stringify(name);
    const at = text.indexOf(quoted);
    if (at >= 0) return placeAt(text, at, quoted.length, file);
  }
  return {};
}

function placeAt(text: string, at: number, length: number, file: string): Place {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const excerpt = text.split(/\r?\n/)[line - 1] ?? '';
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  return { span: { file, line, column, length }, excerpt };
}
