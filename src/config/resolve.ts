import type { Diagnostic } from '../errors/diagnostic.ts';
import { suggest } from '../errors/suggestion.ts';
import type { Bandwidth, Configuration } from './configuration.ts';
import { rowBytesOf } from './configuration.ts';
import { type Parameter, parameters, presets } from './parameters.ts';
import { parseValue } from './values.ts';

/** A preset and what is changed in it: enough to build a configuration, and to name it in a result. */
export interface MachineChoice {
  readonly preset: string;
  /** Later settings win. */
  readonly settings: readonly Setting[];
}

export interface Setting {
  readonly key: string;
  readonly value: string | number;
}

export type ConfigurationResult =
  | { readonly configuration: Configuration; readonly diagnostics: readonly [] }
  | { readonly configuration?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Builds the configuration, or says everything that is wrong with the choice. */
export function resolveConfiguration(choice: MachineChoice): ConfigurationResult {
  const diagnostics: Diagnostic[] = [];
  if (!Object.hasOwn(presets, choice.preset)) {
    const help = suggest(choice.preset, Object.keys(presets));
    const message = `unknown preset '${choice.preset}'`;
    return { diagnostics: [{ code: 'C403', message, ...(help && { help }) }] };
  }
  const preset: Configuration = presets[choice.preset as keyof typeof presets];
  const values = new Map<string, Bandwidth>(parameters.map((p) => [p.key, p.get(preset)]));
  for (const { key, value } of choice.settings) {
    const parameter = parameters.find((p) => p.key === key);
    if (!parameter) {
      const help = suggest(key, values.keys()) ?? 'systole config lists every key';
      diagnostics.push({ code: 'C401', message: `unknown configuration key '${key}'`, help });
      continue;
    }
    const parsed = parseValue(parameter, value);
    if (parsed.ok) values.set(key, parsed.value);
    else {
      const message = `${key}: ${parsed.reason}`;
      diagnostics.push({ code: 'C402', message, help: rangeOf(parameter) });
    }
  }
  const configuration = build(values);
  if (diagnostics.length === 0) diagnostics.push(...contradictions(configuration));
  return diagnostics.length > 0 ? { diagnostics } : { configuration, diagnostics: [] };
}

function rangeOf(parameter: Parameter): string {
  const words = parameter.unit === 'bandwidth' ? ', or unlimited' : '';
  return `${parameter.key} takes ${parameter.min}..${parameter.max}${words}: ${parameter.doc}`;
}

function build(values: ReadonlyMap<string, Bandwidth>): Configuration {
  const number = (key: string): number => values.get(key) as number;
  return {
    clockHz: number('clockHz'),
    mxu: { rows: number('mxu.rows'), columns: number('mxu.columns') },
    unifiedBuffer: { bytes: number('unifiedBuffer.bytes') },
    weightMemory: {
      bytes: number('weightMemory.bytes'),
      bandwidth: values.get('weightMemory.bandwidth')!,
    },
    weightFifo: { tiles: number('weightFifo.tiles') },
    accumulators: { rows: number('accumulators.rows') },
    activationUnit: { latency: number('activationUnit.latency') },
    hostInterface: {
      bandwidth: values.get('hostInterface.bandwidth')!,
      responseCycles: number('hostInterface.responseCycles'),
    },
    hostMemory: { bytes: number('hostMemory.bytes') },
  };
}

function contradictions(configuration: Configuration): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { rows, columns } = configuration.mxu;
  if (configuration.unifiedBuffer.bytes < rowBytesOf(configuration)) {
    const message = `unifiedBuffer.bytes: ${configuration.unifiedBuffer.bytes} holds no row of ${rowBytesOf(configuration)} bytes`;
    found.push({ code: 'C405', message, help: 'raise unifiedBuffer.bytes or shrink the array' });
  }
  if (configuration.weightMemory.bytes < rows * columns) {
    const message = `weightMemory.bytes: ${configuration.weightMemory.bytes} holds no tile of ${rows * columns} bytes`;
    found.push({ code: 'C405', message, help: 'raise weightMemory.bytes or shrink the array' });
  }
  return found;
}
