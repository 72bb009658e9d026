import type { Configuration } from '../config/configuration.ts';
import { suggest } from '../errors/suggestion.ts';
import { predefinedNames, predefinedValue } from '../program/symbols.ts';
import { assemblerLimits } from './limits.ts';
import type { Reporter } from './reporter.ts';
import { type Place, quote, type WordToken } from './token.ts';

/**
 * What a name stands for. `unknown` was declared by a statement with a mistake in it, and says
 * nothing further; `valueless` is a matrix of constants, which has no address.
 */
export type SymbolMeaning =
  | { readonly kind: 'number' | 'real'; readonly value: number }
  | { readonly kind: 'unknown' | 'valueless' };

interface Entry {
  readonly meaning: SymbolMeaning;
  readonly place: Place;
  /** Made by `.equ`, `.set` or `=`: `.set` and `=` may give it another value. */
  readonly assigned: boolean;
}

const predefined = new Set(predefinedNames);
const consideredForSuggestions = 2000;

/** The names of a program. */
export class SymbolTable {
  /** Part of the text is missing: names that are not found may have been defined there. */
  incomplete = false;
  readonly #entries = new Map<string, Entry>();
  readonly #reporter: Reporter;
  readonly #configuration: () => Configuration;

  /** `configuration` is asked for when a predefined name is used. */
  constructor(reporter: Reporter, configuration: () => Configuration) {
    this.#reporter = reporter;
    this.#configuration = configuration;
  }

  has(name: string): boolean {
    return this.#entries.has(name) || predefined.has(name);
  }

  /** Defines a name by a declaration or `.equ`; false after reporting that it is taken. */
  define(name: string, meaning: SymbolMeaning, place: Place, assigned = false): boolean {
    if (this.#refuse(name, place, false)) return false;
    this.#put(name, { meaning, place, assigned });
    return true;
  }

  /** Gives a name a value, or another one if it was assigned before. */
  assign(name: string, meaning: SymbolMeaning, place: Place): void {
    if (this.#refuse(name, place, true)) return;
    this.#put(name, { meaning, place, assigned: true });
  }

  /** The meaning of a name, or undefined after reporting that there is none. */
  find(name: WordToken, local: Iterable<string> = []): SymbolMeaning | undefined {
    const entry = this.#entries.get(name.text);
    if (entry) return entry.meaning;
    if (predefined.has(name.text)) return this.#predefined(name);
    if (!this.incomplete) {
      const help = () => suggest(name.text.slice(0, 64), this.#candidates(local));
      this.#reporter.report('A110', `${quote(name.text)} is not defined`, name, help);
    }
    return undefined;
  }

  /** The value of a name in an expression of whole numbers. */
  lookup(name: WordToken, local: Iterable<string> = []): number | undefined {
    const meaning = this.find(name, local);
    if (meaning?.kind === 'number') return meaning.value;
    if (meaning?.kind === 'real') {
      const message = `${quote(name.text)} is ${meaning.value}, not a whole number`;
      this.#reporter.report('A112', message, name);
    } else if (meaning?.kind === 'valueless') {
      const message = `${quote(name.text)} is a matrix of constants and has no address`;
      const help = 'constants reach the machine through .parameters';
      this.#reporter.report('A112', message, name, help);
    }
    return undefined;
  }

  #predefined(name: WordToken): SymbolMeaning {
    const value = predefinedValue(name.text, this.#configuration());
    if (value !== undefined) return { kind: 'number', value };
    this.#reporter.report('A112', `${name.text} is unlimited, which is no number`, name);
    return { kind: 'unknown' };
  }

  #refuse(name: string, place: Place, reassign: boolean): boolean {
    if (predefined.has(name)) {
      const help = 'it is a value of the configuration; choose another name';
      this.#reporter.report('A111', `${quote(name)} is reserved`, place, help);
      return true;
    }
    const entry = this.#entries.get(name);
    if (!entry || (reassign && entry.assigned)) return false;
    const { line } = entry.place;
    const where = `it was defined at ${line.file}:${line.number}`;
    const help = entry.assigned ? `${where}; .set may change it` : where;
    this.#reporter.report('A111', `${quote(name)} is defined already`, place, help);
    return true;
  }

  #put(name: string, entry: Entry): void {
    if (this.#entries.size >= assemblerLimits.symbols && !this.#entries.has(name)) {
      const message = `the program defines more than ${assemblerLimits.symbols} names`;
      this.#reporter.stop('A119', message, entry.place);
      return;
    }
    this.#entries.set(name, entry);
  }

  #candidates(local: Iterable<string>): string[] {
    const names = [...local];
    if (names.length > 0) return names;
    for (const name of this.#entries.keys()) {
      if (names.length >= consideredForSuggestions) break;
      names.push(name);
    }
    return [...names, ...predefined];
  }
}
