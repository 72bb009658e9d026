#!/usr/bin/env node
/**
 * Writes the matrices of programs/: random, always the same, and for layers that are no products what
 * they should give, by plain loops. Run after a build. Another folder may be named.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { sigmoidTable } from '../dist/config/sigmoid-table.js';
import { writeCsv, writeNpy } from '../dist/index.js';
import { fixedFactor, ruleD, ruleF, ruleS } from './program-data/arithmetic.mjs';
import { arrayOf, randomArray, randomMatrix, spread, writeArray } from './program-data/arrays.mjs';
import {
  addImages,
  blockDiagonal,
  convolve,
  foldBias,
  meanAway,
  pool,
  toValues,
} from './program-data/images.mjs';
import { runLstm } from './program-data/lstm.mjs';

const given = process.argv[2];
const folder = given ? pathToFileURL(`${given}/`) : new URL('../programs/data/', import.meta.url);
mkdirSync(folder, { recursive: true });

const save = (name, matrix) => writeFileSync(new URL(`${name}.npy`, folder), writeNpy(matrix));
const saveArray = (name, array) => writeFileSync(new URL(`${name}.npy`, folder), writeArray(array));
const constants = (type, values) => {
  const data = type === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  return { type, rows: 1, columns: data.length, data };
};
/** Small numbers, so that a beginner can follow a sum by eye. */
const digits = (seed) => {
  const matrix = randomMatrix('int8', 8, 8, seed);
  return { ...matrix, data: matrix.data.map((value) => value % 10) };
};
const row = (type, values) => arrayOf(type, [1, values.length], values);
const wholes = (values) => values.map(Math.round);

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

saveConvolution();
saveResidualBlock();
savePooling();
saveLstm();
saveDepthwise();
saveWideProduct();

/** A yellow disc before a sky that gets darker: something to recognise in a picture. */
function drawImage() {
  const values = [];
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++) {
      const isDisc = (x - 6) ** 2 + (y - 7) ** 2 < 20;
      const grain = (7 * x + 13 * y) % 10;
      const colour = isDisc ? [240, 196, 60] : [40 + 4 * y, 90 + 5 * x, 210 - 8 * y];
      values.push(...colour.map((part) => part - grain));
    }
  }
  return arrayOf('uint8', [16, 16, 3], values);
}

function saveConvolution() {
  const image = drawImage();
  const weights = randomArray('int8', [3, 3, 3, 8], 19);
  const bias = wholes(spread(8, -3000, 3000, 20));
  const scales = spread(8, 0.002, 0.006, 21).map(Math.fround);
  const sums = convolve(image, weights, bias, { zeroPoint: 128, stride: 2, padding: 1 });
  const rule = (sum, channel) => ruleF(sum, scales[channel]);
  saveArray('convolution-image', image);
  saveArray('convolution-weights', weights);
  saveArray('convolution-bias', foldBias(bias, 128, weights));
  saveArray('convolution-scales', row('float32', scales));
  const y = toValues('uint8', sums, { rule, zeroPoint: 110, low: 0, high: 255 });
  saveArray('convolution-y', y);
}

function saveResidualBlock() {
  const [inputScale, hiddenScale, branchScale, outputScale] = [0.031, 0.047, 0.052, 0.06];
  // A seed for which rule S would give another result.
  const image = randomArray('int8', [8, 8, 8], 100);
  const layer = (number, input, zeroPoint, scale, nextScale, result) => {
    const weights = randomArray('int8', [3, 3, 8, 8], 20 + 4 * number);
    const bias = wholes(spread(8, -4000, 4000, 21 + 4 * number));
    const factors = spread(8, 0.0012, 0.0028, 22 + 4 * number).map((weightScale) =>
      fixedFactor((scale * weightScale) / nextScale),
    );
    saveArray(`residual-block-w${number}`, weights);
    saveArray(`residual-block-b${number}`, foldBias(bias, zeroPoint, weights));
    saveArray(
      `residual-block-m${number}`,
      row(
        'int32',
        factors.map((f) => f.multiplier),
      ),
    );
    saveArray(
      `residual-block-s${number}`,
      row(
        'int8',
        factors.map((f) => f.shift),
      ),
    );
    const sums = convolve(input, weights, bias, { zeroPoint, stride: 1, padding: 1 });
    const rule = (sum, channel) => ruleD(sum, factors[channel].multiplier, factors[channel].shift);
    return toValues('int8', sums, { rule, ...result });
  };
  const hidden = layer(1, image, -7, inputScale, hiddenScale, {
    ...{ zeroPoint: -128, low: -128, high: 127 },
  });
  const branch = layer(2, hidden, -128, hiddenScale, branchScale, {
    ...{ zeroPoint: 4, low: -128, high: 127 },
  });
  // As TensorFlow Lite chooses the factors: twice the larger scale is the unit of the sum.
  const unit = 2 * Math.max(branchScale, inputScale);
  const sum = addImages(branch, image, {
    leftShift: 20,
    left: { zeroPoint: 4, ...fixedFactor(branchScale / unit) },
    right: { zeroPoint: -7, ...fixedFactor(inputScale / unit) },
    result: fixedFactor(unit / (2 ** 20 * outputScale)),
    ...{ zeroPoint: -20, low: -20, high: 127 },
  });
  saveArray('residual-block-x', image);
  saveArray('residual-block-y', sum);
}

function savePooling() {
  const image = randomArray('int8', [8, 8, 8], 31);
  const largest = pool(image, { kernel: 2, stride: 2, padding: 0 }, (v) => Math.max(...v));
  saveArray('max-pool-x', image);
  saveArray('max-pool-largest', largest);
  saveArray('max-pool-mean', pool(largest, { kernel: 3, stride: 1, padding: 1 }, meanAway));
}

function saveLstm() {
  const part = (name, zeroPoint, scale, seed) => {
    const weights = randomArray('int8', [8, 32], seed);
    const bias = wholes(spread(32, -1500, 1500, seed + 1));
    // Weights of a gate have one scale; a block of parameters holds it for each column.
    const scales = [0.0061, 0.0074, 0.0058, 0.0083];
    const factors = bias.map((_, column) =>
      fixedFactor(scale * scales[Math.floor(column / 8)] * 2 ** 12),
    );
    saveArray(`lstm-w${name}`, weights);
    saveArray(`lstm-b${name}`, foldBias(bias, zeroPoint, weights));
    saveArray(
      `lstm-m${name}`,
      row(
        'int32',
        factors.map((f) => f.multiplier),
      ),
    );
    saveArray(
      `lstm-s${name}`,
      row(
        'int8',
        factors.map((f) => f.shift),
      ),
    );
    return { weights, bias, factors, zeroPoint };
  };
  const hiddenScale = 0.0077;
  const x = randomArray('int8', [3, 4, 8], 32);
  const hidden = randomArray('int8', [4, 8], 33);
  const cell = randomArray('int16', [4, 8], 34, 5000);
  const result = runLstm({
    ...{ x, hidden, cell, table: sigmoidTable },
    fromInput: part('x', -5, 0.0245, 35),
    fromHidden: part('h', 3, hiddenScale, 37),
    output: { zeroPoint: 3, ...fixedFactor(2 ** -30 / hiddenScale) },
  });
  saveArray('lstm-x', x);
  saveArray('lstm-h0', hidden);
  saveArray('lstm-c0', cell);
  saveArray('lstm-h', result.hidden);
  saveArray('lstm-c', result.cell);
}

function saveDepthwise() {
  const image = randomArray('int8', [8, 8, 8], 39);
  const weights = randomArray('int8', [3, 3, 8], 40);
  const bias = wholes(spread(8, -2000, 2000, 41));
  const factors = spread(8, 0.004, 0.012, 42).map(fixedFactor);
  const sums = convolve(image, weights, bias, {
    ...{ zeroPoint: 9, stride: 1, padding: 1, depthwise: true },
  });
  // 6 of the real numbers is 170 steps above the zero point −128.
  const rule = (sum, channel) => {
    const { multiplier, shift } = factors[channel];
    return Math.min(Math.max(ruleS(sum, multiplier, shift), 0), 170);
  };
  saveArray('depthwise-x', image);
  saveArray('depthwise-w', blockDiagonal(weights));
  saveArray('depthwise-b', foldBias(bias, 9, weights));
  saveArray(
    'depthwise-m',
    row(
      'int32',
      factors.map((f) => f.multiplier),
    ),
  );
  saveArray(
    'depthwise-s',
    row(
      'int8',
      factors.map((f) => f.shift),
    ),
  );
  const y = toValues('int8', sums, { rule, zeroPoint: -128, low: -128, high: 127 });
  saveArray('depthwise-y', y);
}

/** Operands of 14 bits: 16 products of two of them fit into 32. */
function saveWideProduct() {
  saveArray('wide-product-a', randomArray('int16', [12, 16], 43, 8000));
  saveArray('wide-product-b', randomArray('int16', [16, 8], 44, 8000));
}
