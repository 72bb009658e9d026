/** An engine driven through schedules, beside what the RTL did. */
import { findDifference, OutputReader } from './registers.mjs';

/** Turns of a feed: each row once for every pair of an activation byte and a weight byte. */
const turnsPerRow = ({ activations, weights }) => activations.bytes * weights.bytes;

/** An engine with the memories beside it, which every schedule finds as the first one did. */
export class EngineUnderTest {
  #built;
  #atFirst;

  /**
   * @param buildArray that of dist/mxu/build-array.js
   * @param options what it shall build
   */
  constructor(buildArray, options, cases, shape) {
    const sizes = cases.map(({ schedule }) => operandBytes(schedule));
    const bufferBytes = Math.max(...sizes);
    this.#built = buildArray({ shape, bufferBytes, sumRows: 1, ...options });
    this.#atFirst = this.#built.engine.snapshot();
  }

  /**
   * Goes cycle by cycle through a schedule; `reader` stands at its cycle of reset and stands behind
   * its last cycle afterwards, if nothing differed.
   *
   * @param observed the cycles after which the RTL told its registers; all without it
   * @returns the first difference, or undefined
   */
  compare(schedule, reader, observed) {
    const { engine, buffer, sums } = this.#built;
    const { shape, feeds, shifts, endCycle } = schedule;
    engine.restore(this.#atFirst);
    const sources = placeOperands(schedule, buffer);
    let landings = [];
    const ports = {
      feedRows: (feed, row, rows, activationByte) => {
        const step = feed.activations.bytes;
        const pitch = shape.rows * step;
        const bytes = sources
          .get(feed)
          .subarray(row * pitch + activationByte, (row + rows) * pitch);
        return { bytes, pitch, step };
      },
      rowsToLandIn: (feed, row, rows) => {
        landings.push({ feed, row, rows, before: sums.slice(0, shape.columns) });
        return sums;
      },
    };
    reader.readSums();
    for (let cycle = 0; cycle <= endCycle; cycle++) {
      // A switch takes the tile that has shifted in before the next one begins to.
      for (const feed of feeds) if (feed.startCycle === cycle) engine.beginFeed(feed);
      for (const shift of shifts) {
        if (shift.cycle === cycle) engine.beginShift(cycle, shift.weights, shift.half);
      }
      landings = [];
      engine.advance(cycle, cycle + 1, ports);
      const difference = compareLanding(reader.readSums(), landings, sums, schedule, cycle);
      if (difference) return `${difference}, in cycle ${cycle}`;
      if (observed && !observed.has(cycle)) continue;
      const register = findDifference(reader.readRegisters(), engine.registers(cycle), shape);
      if (register) return `${register}, after cycle ${cycle}`;
    }
    return undefined;
  }
}

function operandBytes({ operands }) {
  return [...operands.values()].reduce((sum, bytes) => sum + bytes.length, 0);
}

/** Every other feed comes from the memory beside the array, which may have shorter ways. */
function placeOperands({ operands }, buffer) {
  const sources = new Map();
  let at = 0;
  for (const [feed, bytes] of operands) {
    const isBeside = sources.size % 2 === 0;
    if (isBeside) buffer.set(bytes, at);
    sources.set(feed, isBeside ? buffer.subarray(at, at + bytes.length) : bytes);
    at += bytes.length;
  }
  return sources;
}

/**
 * In each cycle the row lands that was fed R+C−1 cycles ago: the sums that leave the RTL, shifted to
 * the place of its bytes, onto what is there or instead of it. If none was, zeros leave.
 */
function compareLanding(rtl, landings, sums, { shape, feeds }, cycle) {
  const fedIn = cycle - (shape.rows + shape.columns - 1);
  const feed = feeds.find(
    (f) => fedIn >= f.startCycle && fedIn < f.startCycle + f.rows * turnsPerRow(f),
  );
  if (landings.length !== (feed ? 1 : 0)) {
    return `rows that land: expected ${feed ? 1 : 0}, got ${landings.length}`;
  }
  const place = ((rtl.control >> 2) & 1) + (rtl.control >> 3);
  const [landing] = landings;
  const row = feed && Math.floor((fedIn - feed.startCycle) / turnsPerRow(feed));
  if (landing && (landing.feed !== feed || landing.row !== row || landing.rows !== 1)) {
    return `the row that lands: expected ${row}, got ${landing.rows} from ${landing.row} on`;
  }
  for (let c = 0; c < shape.columns; c++) {
    const sum = rtl.sums[c];
    if (!feed) {
      if (sum === 0) continue;
      return `sum of column ${c}: ${sum} leaves the RTL in a cycle in which no row lands`;
    }
    const under = feed.accumulate || place > 0 ? landing.before[c] : 0;
    const want = (under + (sum << (8 * place))) | 0;
    if (sums[c] === want) continue;
    return `sum of column ${c}: expected ${want} (RTL), got ${sums[c]}`;
  }
  return undefined;
}

/** Both codings wrote the same? Otherwise the first difference. */
export function compareCodings(modules, flat, cases, shape) {
  if (Buffer.from(modules).equals(Buffer.from(flat))) return undefined;
  const readers = [new OutputReader(modules, shape), new OutputReader(flat, shape)];
  for (const { number, schedule, observed } of cases) {
    for (let cycle = -1; cycle <= schedule.endCycle; cycle++) {
      const [want, have] = readers.map((reader) => reader.readSums());
      const where = `schedule ${number}, cycle ${cycle}`;
      for (let c = 0; c < shape.columns; c++) {
        if (want.sums[c] === have.sums[c]) continue;
        return `sum of column ${c}: ${want.sums[c]} in mxu, ${have.sums[c]} in mxu_flat, ${where}`;
      }
      if (want.control !== have.control) {
        return `sums_control: ${want.control} in mxu, ${have.control} in mxu_flat, ${where}`;
      }
      if (cycle < 0 || (observed && !observed.has(cycle))) continue;
      const [registers, others] = readers.map((reader) => reader.readRegisters());
      const difference = findDifference(registers, others, shape);
      if (difference) return `${difference} in mxu_flat, ${where}`;
    }
  }
  return 'the outputs of mxu and mxu_flat differ in length';
}
