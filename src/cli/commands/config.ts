import type { Command } from 'commander';
import {
  type Configuration,
  describeConfiguration,
  type MachineChoice,
  parameters,
  presetDocs,
  presets,
  resolveConfiguration,
  type Setting,
} from '../../index.ts';
import { applyFlags, configSchema, defaultPreset, readMachineFlags } from '../configuration.ts';
import type { Context } from '../context.ts';
import { diagnosticFailure, usageFailure } from '../failure.ts';
import { wrapText } from '../format.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { addJsonOption, addMachineOptions } from '../options.ts';

interface ConfigOptions {
  readonly config?: string;
  readonly set: readonly Setting[];
  readonly json?: true;
}

/** `systole config [PRESET|FILE]` */
export function registerConfig(command: Command, context: Context): void {
  addExamples(command, [
    ['systole config', "the paper's machine, key by key"],
    ['systole config tpu-tiny --set mxu.rows=16', 'another preset, changed'],
    ['systole config tpu-tiny --json > systole.config.json', 'a file for --config'],
  ]);
  command.argument('[preset|file]', 'a preset or a JSON file', undefined);
  addJsonOption(addMachineOptions(command)).action(
    async (argument: string | undefined, options: ConfigOptions) => {
      if (argument !== undefined && options.config !== undefined) {
        throw usageFailure('the configuration is named twice', 'leave --config out');
      }
      const config = argument ?? options.config;
      const { set } = options;
      const wanted = { set, ...(config !== undefined && { config }) };
      const flags = await readMachineFlags(wanted, context.surroundings);
      const choice = applyFlags(flags, { preset: defaultPreset, settings: [] });
      const { configuration, diagnostics } = resolveConfiguration(choice);
      if (!configuration) throw diagnosticFailure(diagnostics);
      if (options.json) printJson(context, describeAsFile(choice.preset, configuration));
      else printTable(choice, configuration, context);
    },
  );
}

/** A configuration as a file that `--config` takes: counts as numbers, the rest with units. */
function describeAsFile(preset: string, configuration: Configuration): object {
  const values = describeConfiguration({ configuration });
  const entries = parameters.map(({ key, unit, get }) => {
    return [key, unit === 'count' || unit === 'cycles' ? get(configuration) : values[key]];
  });
  return { schema: configSchema, preset, ...Object.fromEntries(entries) };
}

const unitNames = {
  count: '',
  bytes: 'in bytes',
  bandwidth: 'in bytes per second',
  hertz: 'in hertz',
  cycles: 'in cycles',
} as const;

function printTable(choice: MachineChoice, configuration: Configuration, context: Context): void {
  const { stdout, paint } = context.output;
  const preset = presets[choice.preset as keyof typeof presets];
  const values = describeConfiguration({ configuration });
  const original = describeConfiguration({ configuration: preset });
  const keyWidth = Math.max(...parameters.map((p) => p.key.length));
  const lines = [
    `${paint.bold(choice.preset)}: ${presetDocs[choice.preset as keyof typeof presets]}`,
  ];
  for (const { key, unit, doc, source } of parameters) {
    const changed = values[key] !== original[key];
    const was = changed ? `changed from ${original[key]}` : '';
    const notes = [unitNames[unit], was].filter((note) => note !== '').join(', ');
    const head = `${key.padEnd(keyWidth)}  ${values[key]}${notes === '' ? '' : `  (${notes})`}`;
    lines.push('', paint.bold(head));
    const ofPreset = choice.preset === defaultPreset ? source : `Assumption: ${choice.preset}.`;
    const from = changed ? '' : ` ${ofPreset}`;
    for (const line of wrapText(`${doc}${from}`, 76)) lines.push(`    ${line}`);
  }
  stdout.write(`${lines.join('\n')}\n`);
}
