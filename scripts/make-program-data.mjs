#!/usr/bin/env node
/** Writes the matrices of programs/: random, always the same. Run after a build. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { randomMatrix, writeCsv, writeNpy } from '../dist/index.js';

const folder = new URL('../programs/data/', import.meta.url);
mkdirSync(folder, { recursive: true });

const save = (name, matrix) => writeFileSync(new URL(`${name}.npy`, folder), writeNpy(matrix));
const constants = (type, values) => {
  const data = type === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  return { type, rows: 1, columns: data.length, data };
};
/** Small numbers, so that a beginner can follow a sum by eye. */
const digits = (seed) => {
  const matrix = randomMatrix('int8', 8, 8, seed);
  return { ...matrix, data: matrix.data.map((value) => value % 10) };
};
/** `count` numbers of [low, high), spread by the bytes of a random matrix. */
const spread = (count, low, high, seed) =>
  Array.from(randomMatrix('uint8', 1, count, seed).data, (b) => low + ((high - low) * b) / 256);

writeFileSync(new URL('smallest-a.csv', folder), writeCsv(digits(1)));
writeFileSync(new URL('smallest-b.csv', folder), writeCsv(digits(2)));
save('matmul-256-a', randomMatrix('int8', 256, 256, 3));
save('matmul-256-b', randomMatrix('int8', 256, 256, 4));
save('accumulate-a', randomMatrix('uint8', 256, 1024, 5));
save('accumulate-b', randomMatrix('int8', 1024, 256, 6));
save('ragged-a', randomMatrix('int8', 1000, 600, 7));
save('ragged-b', randomMatrix('int8', 600, 700, 8));
save('overlap-a', randomMatrix('int8', 40, 8, 9));
save('overlap-b', randomMatrix('int8', 8, 48, 10));
save('perceptron-x', randomMatrix('uint8', 64, 784, 11));
save('perceptron-w1', randomMatrix('int8', 784, 300, 12));
save('perceptron-w2', randomMatrix('int8', 300, 100, 13));
save('perceptron-w3', randomMatrix('int8', 100, 10, 14));
save('perceptron-b1', constants('int32', spread(300, -20000, 20000, 15)));
save('perceptron-b2', constants('int32', spread(100, -9000, 9000, 16)));
save('perceptron-b3', constants('int32', spread(10, -500, 500, 17)));
save('perceptron-s1', constants('float32', spread(300, 0.0002, 0.0008, 18)));
