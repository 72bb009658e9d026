import type { Span } from '../errors/diagnostic.ts';

/** A span with its file as an index: [file, line, column, length]. */
export type SourceTuple = readonly [file: number, line: number, column: number, length: number];

/** The files that spans of an object file lie in, in the order of their first use. */
export class SourceTable {
  readonly #files: string[];
  readonly #indexes = new Map<string, number>();

  constructor(files: readonly string[] = []) {
    this.#files = [...files];
  }

  get files(): readonly string[] {
    return this.#files;
  }

  encode(span: Span): SourceTuple {
    let index = this.#indexes.get(span.file);
    if (index === undefined) {
      index = this.#files.push(span.file) - 1;
      this.#indexes.set(span.file, index);
    }
    return [index, span.line, span.column, span.length];
  }

  /** The span whose four numbers stand at `at`, or undefined if they are none. */
  decode(numbers: readonly number[], at: number): Span | undefined {
    const file = this.#files[numbers[at] ?? -1];
    const [line = 0, column = 0, length = -1] = numbers.slice(at + 1, at + 4);
    if (file === undefined || line < 1 || column < 1 || length < 0) return undefined;
    return { file, line, column, length };
  }
}
