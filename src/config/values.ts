import type { Bandwidth } from './configuration.ts';
import type { Parameter } from './parameters.ts';

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
};
const hertzUnits: Readonly<Record<string, number>> = { '': 1, Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 };

/** A value as a person writes it: `256`, `24MiB`, `30 GiB/s`, `700MHz`, `unlimited`. */
export type ValueResult =
  | { readonly ok: true; readonly value: Bandwidth }
  | { readonly ok: false; readonly reason: string };

function unitsOf(parameter: Parameter): Readonly<Record<string, number>> {
  if (parameter.unit === 'bytes' || parameter.unit === 'bandwidth') return sizeUnits;
  return parameter.unit === 'hertz' ? hertzUnits : { '': 1 };
}

function exampleOf(parameter: Parameter): string {
  const examples = {
    bytes: 'such as 24MiB',
    bandwidth: 'such as 30GiB/s, 34GB/s or unlimited',
    hertz: 'such as 700MHz',
    cycles: 'in cycles',
    count: 'a plain number',
  };
  return examples[parameter.unit];
}

/** Parses the text of one value; range and integrality are checked too. */
export function parseValue(parameter: Parameter, text: string | number): ValueResult {
  const written = String(text).trim();
  if (parameter.unit === 'bandwidth' && written.toLowerCase() === 'unlimited') {
    return { ok: true, value: 'unlimited' };
  }
  const bare = parameter.unit === 'bandwidth' ? written.replace(/\/s$/i, '') : written;
  const match = /^([0-9][0-9_]*(?:\.[0-9]+)?(?:e[0-9]+)?)\s*([A-Za-z]*)$/i.exec(bare);
  const units = unitsOf(parameter);
  const unit = Object.keys(units).find(
    (u) => u.toLowerCase() === (match?.[2] ?? '?').toLowerCase(),
  );
  if (!match || unit === undefined) {
    return { ok: false, reason: `'${written}' is not a value (${exampleOf(parameter)})` };
  }
  const value = Number(match[1]!.replaceAll('_', '')) * units[unit]!;
  if (!Number.isInteger(value)) {
    return { ok: false, reason: `${written} is not a whole number` };
  }
  if (value < parameter.min || value > parameter.max) {
    return { ok: false, reason: `${written} is outside ${parameter.min}..${parameter.max}` };
  }
  return { ok: true, value };
}

/** Writes a value with the largest unit that leaves it whole, so that `parseValue` reads it back. */
export function formatValue(parameter: Parameter, value: Bandwidth): string {
  if (value === 'unlimited') return value;
  if (parameter.unit === 'hertz') {
    for (const unit of ['GHz', 'MHz', 'kHz'] as const) {
      if (value % hertzUnits[unit]! === 0) return `${value / hertzUnits[unit]!} ${unit}`;
    }
    return `${value} Hz`;
  }
  if (parameter.unit !== 'bytes' && parameter.unit !== 'bandwidth') return String(value);
  const suffix = parameter.unit === 'bandwidth' ? '/s' : '';
  const units = ['GiB', 'MiB', 'KiB', 'GB', 'MB', 'KB', 'B'] as const;
  const whole = units.filter((unit) => value % sizeUnits[unit]! === 0);
  const best = whole.reduce((a, b) => (sizeUnits[b]! > sizeUnits[a]! ? b : a));
  return `${value / sizeUnits[best]!} ${best}${suffix}`;
}
