import { parameters, presets } from '../../src/config/parameters.ts';

type Schema = Record<string, unknown>;

/** The JSON Schema of configuration files, from the table of parameters. */
export function describeConfigSchema(): Schema {
  const flat: Schema = {};
  const groups = new Map<string, Schema>();
  for (const { key, unit, min, max, doc, source } of parameters) {
    const withUnit = unit === 'bytes' || unit === 'bandwidth' || unit === 'hertz';
    const value: Schema = {
      description: `${doc} ${source}`,
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: withUnit ? patterns[unit] : '^[0-9][0-9_]*$' },
      ],
    };
    flat[key] = value;
    const [group, name] = key.split('.');
    if (name !== undefined) groups.set(group!, { ...groups.get(group!), [name]: value });
  }
  for (const [group, properties] of groups) {
    flat[group] = { type: 'object', properties, additionalProperties: false };
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:systole:config:1',
    title: 'systole.config/1',
    description:
      'A configuration file for --config: keys flat, such as "mxu.rows", or nested. `config` prints one with --json.',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      schema: { const: 'systole.config/1' },
      preset: {
        description:
          "The machine that the keys change; without it that of the program, or the paper's.",
        enum: Object.keys(presets),
      },
      ...flat,
    },
    additionalProperties: false,
  };
}

const number = '[0-9][0-9_]*(\\.[0-9]+)?([eE][0-9]+)?';
const size = '\\s*([KMGkmg]?[Bb]?|[KMGkmg][Ii][Bb])';
const patterns = {
  bytes: `^${number}${size}$`,
  bandwidth: `^([Uu]nlimited|${number}${size}(/[Ss])?)$`,
  hertz: `^${number}\\s*([kKmMgG]?[Hh][Zz])?$`,
} as const;
