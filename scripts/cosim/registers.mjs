/** Registers and sums as the RTL writes them down (rtl/cosim.cpp), and where two differ. */

const triangleSize = (lines) => (lines * (lines - 1)) / 2;

/** What stands behind each other in the output, as the RTL calls it. */
function layoutOf({ rows, columns }) {
  const cells = rows * columns;
  return [
    ['partialSum', Int32Array, cells],
    ['sumDeskew', Int32Array, triangleSize(columns)],
    ['activation', Int16Array, cells],
    ['activeWeight', Uint16Array, cells],
    ['shadowWeight', Uint16Array, cells],
    ['activationSkew', Int16Array, triangleSize(rows)],
    ['wave', Uint8Array, cells],
    ['shiftEnable', Uint8Array, cells],
    ['weightSkew', Uint8Array, triangleSize(columns)],
  ];
}

/** Reads the output of a model cycle by cycle. */
export class OutputReader {
  #bytes;
  #shape;
  #layout;
  #at = 0;

  constructor(bytes, shape) {
    this.#bytes = bytes;
    this.#shape = shape;
    this.#layout = layoutOf(shape);
  }

  get isAtEnd() {
    return this.#at === this.#bytes.byteLength;
  }

  /** The sums that leave the array in this cycle, and the control bits of their row. */
  readSums() {
    const sums = this.#take(Int32Array, this.#shape.columns);
    const [control] = this.#take(Int32Array, 1);
    return { sums, control };
  }

  /** All registers after this cycle, by the names that the engines give them. */
  readRegisters() {
    const { wave, ...registers } = Object.fromEntries(
      this.#layout.map(([name, type, length]) => [name, this.#take(type, length)]),
    );
    this.#at += -this.#at & 3;
    return {
      ...registers,
      switchWave: wave.map((bits) => bits & 1),
      signedWave: wave.map((bits) => (bits >> 1) & 1),
      byteWave: wave.map((bits) => bits >> 2),
    };
  }

  #take(type, length) {
    const taken = new type(this.#bytes, this.#at, length);
    this.#at += taken.byteLength;
    return taken;
  }
}

/** How many registers the view of an array of this shape has. */
export function countRegisters({ rows, columns }) {
  return 8 * rows * columns + triangleSize(rows) + 2 * triangleSize(columns);
}

/** The first register that differs: its name, its place, both values. */
export function findDifference(expected, got, shape) {
  const names = new Set([...Object.keys(expected), ...Object.keys(got)]);
  for (const name of names) {
    const [want, have] = [expected[name], got[name]];
    if (want?.length !== have?.length) {
      return `${name}: ${want?.length ?? 'no'} registers in the RTL, ${have?.length ?? 'no'} here`;
    }
    for (let i = 0; i < want.length; i++) {
      if (want[i] === have[i]) continue;
      return `${name} of ${placeOf(name, i, shape)}: expected ${want[i]} (RTL), got ${have[i]}`;
    }
  }
  return undefined;
}

/** Whose the delay lines of a triangle are: line i holds i registers. */
const lineOwners = {
  activationSkew: (line) => `row ${line}`,
  weightSkew: (line) => `column ${line}`,
  sumDeskew: (line, columns) => `column ${columns - 1 - line}`,
};

function placeOf(name, index, { columns }) {
  const owner = lineOwners[name];
  if (!owner) return `cell (${Math.floor(index / columns)}, ${index % columns})`;
  let line = 1;
  while (triangleSize(line + 1) <= index) line++;
  return `${owner(line, columns)}, register ${index - triangleSize(line)} of ${line}`;
}
