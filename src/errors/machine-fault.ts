import type { Span } from './diagnostic.ts';

/** Everything a program can do wrong while it runs: a closed set. */
export const faultKinds = {
  field: 'A field or register holds a value that the instruction does not allow.',
  alignment: 'A Unified Buffer address of a matrix instruction that does not begin where it must.',
  range: 'An address or length reaches outside its memory.',
  overlap: "An instruction's own source and destination overlap in part.",
  tile: 'A weight switch has no tile: fewer tiles were read than switches executed.',
  width: 'The weight width of a matrix instruction differs from that of its tile.',
  hazard: 'With hazards=fault: a dependency on another pipeline that no sync covers.',
  deadlock: 'Nothing can ever start again. This is a bug of the simulator; please report it.',
} as const;

export type FaultKind = keyof typeof faultKinds;

/** What went wrong at which unit, before the machine adds where and when. */
export interface FaultDetail {
  readonly kind: FaultKind;
  /** The unit whose limit was broken, in the words of the paper. */
  readonly unit: string;
  /** What, value and limit: `row 4100 is outside 0..4095`. */
  readonly reason: string;
  /** What to change. */
  readonly help?: string;
}

/** The program did something illegal; the run ended in `cycle`, which is not charged. */
export class MachineFault extends Error {
  readonly kind: FaultKind;
  readonly unit: string;
  readonly reason: string;
  readonly help: string | undefined;
  readonly cycle: number;
  readonly instructionIndex: number;
  readonly mnemonic: string;
  readonly source: Span | undefined;

  constructor(
    detail: FaultDetail,
    at: {
      cycle: number;
      instructionIndex: number;
      mnemonic: string;
      /** Of an instruction with more than one, from 0. */
      repetition?: number | undefined;
      source?: Span | undefined;
    },
  ) {
    const place = at.source
      ? `${at.source.file}:${at.source.line}`
      : `instruction ${at.instructionIndex}`;
    const repetition = at.repetition === undefined ? '' : `, repetition ${at.repetition}`;
    const where = `${at.mnemonic}, ${place}${repetition}, cycle ${at.cycle}`;
    super(`${detail.unit}: ${detail.reason} (${where})`);
    this.name = 'MachineFault';
    this.kind = detail.kind;
    this.unit = detail.unit;
    this.reason = detail.reason;
    this.help = detail.help;
    this.cycle = at.cycle;
    this.instructionIndex = at.instructionIndex;
    this.mnemonic = at.mnemonic;
    this.source = at.source;
  }
}
