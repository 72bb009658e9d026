import type { Span } from '../errors/diagnostic.ts';
import { encodeInstruction } from '../isa/encoding.ts';
import type { Program } from '../program/program.ts';
import { formatInstruction } from './format-instruction.ts';

/** What a listing is made from: the program and the texts of its files. */
export interface Listing {
  readonly program: Program;
  /** By the names that spans carry. */
  readonly sources: ReadonlyMap<string, string>;
}

/** One instruction of a listing. */
export interface ListingRow {
  /** Offset of the instruction from the beginning of the code. */
  readonly byte: number;
  readonly bytes: Uint8Array;
  /** Where it is written: for an instruction of a macro, in the body of the macro. */
  readonly source: Span | undefined;
  /** The source line; without one, the instruction as the disassembler writes it. */
  readonly text: string;
}

/** The rows of a listing, one per instruction. */
export function listRows(listing: Listing): readonly ListingRow[] {
  const lines = new Map([...listing.sources].map(([file, text]) => [file, text.split(/\r?\n/)]));
  let byte = 0;
  return listing.program.instructions.map((instruction) => {
    const bytes = encodeInstruction(instruction);
    const { source } = instruction;
    const line = source && lines.get(source.file)?.[source.line - 1];
    const row = { byte, bytes, source, text: line?.trim() ?? formatInstruction(instruction) };
    byte += bytes.length;
    return row;
  });
}

const bytesPerLine = 12;

/** A listing as text: address, bytes, place and source line of every instruction. */
export function formatListing(listing: Listing): string {
  const rows = listRows(listing);
  const places = rows.map(({ source }) => (source ? `${source.file}:${source.line}` : ''));
  const placeWidth = places.reduce((width, place) => Math.max(width, place.length), 0);
  const lines: string[] = [];
  for (const [index, { byte, bytes, text }] of rows.entries()) {
    for (let at = 0; at < bytes.length; at += bytesPerLine) {
      const hex = [...bytes.subarray(at, at + bytesPerLine)]
        .map((b) => b.toString(16).padStart(2, '0'))
        .join('')
        .padEnd(bytesPerLine * 2);
      const address = (byte + at).toString(16).padStart(8, '0');
      const what = at === 0 ? `  ${places[index]!.padEnd(placeWidth)}  ${text}` : '';
      lines.push(`${address}  ${hex}${what}`.trimEnd());
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}
