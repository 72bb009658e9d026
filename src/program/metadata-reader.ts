import { DiagnosticError } from '../errors/diagnostic.ts';
import { isSymbolName } from './symbols.ts';

/** Ends the decoding: the contents of an object file contradict themselves. */
function refuseMetadata(path: string, reason: string): never {
  const message = `${path}: ${reason}`;
  throw new DiagnosticError([{ code: 'O203', message, help: 'assemble the program again' }]);
}

/**
 * One value of untrusted JSON with its path. Each method says what the value must be, and ends the
 * decoding if it is not.
 */
export class MetadataReader {
  readonly #value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.path = path;
  }

  get isNumber(): boolean {
    return typeof this.#value === 'number';
  }

  refuse(reason: string): never {
    return refuseMetadata(this.path, reason);
  }

  /** An object with all of the required fields and none beside the optional ones. */
  fields(
    required: readonly string[],
    optional: readonly string[] = [],
  ): (name: string) => MetadataReader {
    const record = this.#record();
    for (const key of Object.keys(record)) {
      if (!required.includes(key) && !optional.includes(key)) {
        this.refuse(`has an unknown field ${JSON.stringify(key.slice(0, 64))}`);
      }
    }
    for (const key of required) {
      if (!Object.hasOwn(record, key)) this.refuse(`has no field ${key}`);
    }
    return (name) => new MetadataReader(record[name], `${this.path}.${name}`);
  }

  /** What one field of an object chooses: which others it has may depend on it. */
  choiceOf<T extends string>(key: string, choices: readonly T[]): T {
    const record = this.#record();
    if (!Object.hasOwn(record, key)) this.refuse(`has no field ${key}`);
    return new MetadataReader(record[key], `${this.path}.${key}`).choice(choices);
  }

  #record(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.refuse('is no object');
    }
    return value as Readonly<Record<string, unknown>>;
  }

  /** Whether an optional field was left out. */
  get isAbsent(): boolean {
    return this.#value === undefined;
  }

  items(): readonly MetadataReader[] {
    if (!Array.isArray(this.#value)) return this.refuse('is no list');
    return this.#value.map((item, i) => new MetadataReader(item, `${this.path}[${i}]`));
  }

  /** A list of whole numbers, read at once because it can be long. */
  integers(): readonly number[] {
    const value = this.#value;
    if (!Array.isArray(value)) return this.refuse('is no list');
    if (!value.every((item) => Number.isSafeInteger(item))) {
      this.refuse('holds something else than whole numbers');
    }
    return value;
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.refuse('is no text');
  }

  /** A name as the assembler accepts it. */
  name(): string {
    const text = this.text();
    return isSymbolName(text) ? text : this.refuse('is no name');
  }

  choice<T extends string>(choices: readonly T[]): T {
    const choice = choices.find((c) => c === this.#value);
    return choice ?? this.refuse(`is none of ${choices.join(', ')}`);
  }

  number(): number {
    const value = this.#value;
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : this.refuse('is no finite number');
  }

  integer(low: number, high: number): number {
    const value = this.number();
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    return this.refuse(`${value} is outside ${low}..${high}`);
  }

  true(): true {
    return this.#value === true ? true : this.refuse('is not true');
  }
}
