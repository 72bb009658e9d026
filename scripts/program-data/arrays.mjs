import { createRandom } from '../../dist/numerics/random.js';

/** Arrays for the data of programs/: typed values with any number of dimensions. */

const classes = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
};
const npyNames = { int8: '|i1', uint8: '|u1', int16: '<i2', int32: '<i4', float32: '<f4' };

/** `shape` names the dimensions, the last one the fastest; a value outside the type is a mistake. */
export function arrayOf(type, shape, values) {
  const data = classes[type].from(values);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) throw new Error(`${data.length} values for ${shape}`);
  const wrong = Array.from(values).findIndex((v, i) => data[i] !== v && type !== 'float32');
  if (wrong >= 0) throw new Error(`value ${wrong} is no ${type}`);
  return { type, shape, data };
}

/**
 * A matrix of random values of a whole type, each the upper bits of a random word. `systole gemm` uses
 * all bits of a word instead, which is faster; the data of the programs stay what they were.
 */
export function randomMatrix(type, rows, columns, seed) {
  const random = createRandom(seed);
  const data = new classes[type](rows * columns);
  for (let i = 0; i < data.length; i++) data[i] = random() >>> (32 - 8 * data.BYTES_PER_ELEMENT);
  return { type, rows, columns, data };
}

/** Random values of a whole type, or of −most..most. */
export function randomArray(type, shape, seed, most) {
  const count = shape.reduce((product, size) => product * size, 1);
  const { data } = randomMatrix(type, 1, count, seed);
  const values = most === undefined ? data : data.map((v) => v % (most + 1));
  return arrayOf(type, shape, values);
}

/** `count` numbers of [low, high), spread by random bytes. */
export function spread(count, low, high, seed) {
  const bytes = randomMatrix('uint8', 1, count, seed).data;
  return Array.from(bytes, (byte) => low + ((high - low) * byte) / 256);
}

/** A .npy file, version 1.0: magic, version, length of the header, header, values. */
export function writeArray({ type, shape, data }) {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${npyNames[type]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = 10;
  const length = Math.ceil((start + text.length + 1) / 64) * 64 - start;
  const header = Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1');
  const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, length & 255, length >> 8]);
  return Buffer.concat([magic, header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
