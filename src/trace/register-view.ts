/** A register that can be looked at: command line, traces and pages all show these. */
export interface RegisterView {
  readonly name: string;
  readonly bits: number;
  readonly doc: string;
  /** The value after the last executed cycle; −1 where the register holds nothing. */
  readonly read: () => number;
}

/** The registers of one unit. */
export interface UnitView {
  readonly unit: string;
  readonly registers: readonly RegisterView[];
}
