import { type Configuration, type Limits, limitsOf } from '../config/configuration.ts';
import { presets } from '../config/parameters.ts';
import { type MachineChoice, resolveConfiguration, type Setting } from '../config/resolve.ts';
import type { Reporter } from './reporter.ts';
import type { Place } from './token.ts';

/** The machine that a program is assembled for, once nothing can change it any more. */
export interface SettledMachine {
  readonly choice: MachineChoice;
  readonly configuration: Configuration;
  readonly limits: Limits;
  /** The choice has mistakes and this is a stand-in: what does not fit it means nothing. */
  readonly standIn: boolean;
}

/** A part of a `.machine` statement with its place. */
export interface PlacedSetting {
  readonly setting: Setting;
  readonly place: Place;
}

const defaultPreset = 'tpu-v1';

/** Joins what `.machine`, the caller and its flags say, and settles it at the first use. */
export class MachineSelection {
  readonly #reporter: Reporter;
  readonly #replacement: MachineChoice | undefined;
  readonly #flags: readonly Setting[];
  #statement: Place | undefined;
  #written: MachineChoice = { preset: defaultPreset, settings: [] };
  #mistaken = false;
  #settled: SettledMachine | undefined;

  constructor(
    reporter: Reporter,
    replacement: MachineChoice | undefined,
    flags: readonly Setting[] = [],
  ) {
    this.#reporter = reporter;
    this.#replacement = replacement;
    this.#flags = flags;
  }

  /** Takes a `.machine` statement. */
  choose(statement: Place, preset: PlacedPreset, settings: readonly PlacedSetting[]): void {
    if (this.#statement) {
      const { line } = this.#statement;
      const help = `the first stands at ${line.file}:${line.number}`;
      this.#reporter.report('A120', '.machine stands here for the second time', statement, help);
      return;
    }
    this.#statement = statement;
    if (this.#settled) {
      const message = '.machine stands behind something that depends on the array';
      this.#reporter.report('A120', message, statement, 'move it to the beginning');
      return;
    }
    if (this.#replacement) return;
    this.#written = { preset: preset.name, settings: settings.map((s) => s.setting) };
    this.#check({ preset: preset.name, settings: [] }, preset.place);
    const base = Object.hasOwn(presets, preset.name) ? preset.name : defaultPreset;
    for (const { setting, place } of settings) {
      this.#check({ preset: base, settings: [setting] }, place);
    }
  }

  /** Says that a `.machine` statement could not be read. */
  markMistaken(statement: Place): void {
    this.#statement ??= statement;
    this.#mistaken = this.#replacement === undefined;
  }

  /** The machine; from now on `.machine` comes too late. */
  settle(): SettledMachine {
    this.#settled ??= this.#resolve();
    return this.#settled;
  }

  #resolve(): SettledMachine {
    const base = this.#replacement ?? this.#written;
    const choice = { preset: base.preset, settings: [...base.settings, ...this.#flags] };
    if (!this.#mistaken) {
      const result = resolveConfiguration(choice);
      const { configuration } = result;
      if (configuration) {
        return { choice, configuration, limits: limitsOf(configuration), standIn: false };
      }
      const place = this.#replacement ? undefined : this.#statement;
      for (const diagnostic of result.diagnostics) this.#reporter.adopt(diagnostic, place);
    }
    const known = Object.hasOwn(presets, base.preset) ? base.preset : defaultPreset;
    const configuration: Configuration = presets[known as keyof typeof presets];
    return { choice, configuration, limits: limitsOf(configuration), standIn: true };
  }

  /** Reports what is wrong with one part of the statement; contradictions need the whole. */
  #check(choice: MachineChoice, place: Place): void {
    for (const diagnostic of resolveConfiguration(choice).diagnostics) {
      if (diagnostic.code === 'C405') continue;
      this.#reporter.adopt(diagnostic, place);
      this.#mistaken = true;
    }
  }
}

/** The preset that a `.machine` statement names. */
export interface PlacedPreset {
  readonly name: string;
  readonly place: Place;
}
