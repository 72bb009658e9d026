import { clamp, ruleD } from './arithmetic.mjs';
import { arrayOf } from './arrays.mjs';

/** Image layers by plain loops. Images are [height, width, channels], weights [kh, kw, in, out]. */

/**
 * bias + Σ (x − zero point)·w of every output pixel and channel, padding being 0 of real numbers.
 * Depthwise weights are [kh, kw, channels].
 */
export function convolve(image, weights, bias, { zeroPoint, stride, padding, depthwise = false }) {
  const [height, width, channels] = image.shape;
  const [kernelHeight, kernelWidth] = weights.shape;
  const outputs = weights.shape.at(-1);
  const rows = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1;
  const sums = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let out = 0; out < outputs; out++) {
        let sum = bias[out];
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const v = y * stride - padding + ky;
            const u = x * stride - padding + kx;
            if (v < 0 || v >= height || u < 0 || u >= width) continue;
            const tap = ky * kernelWidth + kx;
            for (let channel = 0; channel < channels; channel++) {
              if (depthwise && channel !== out) continue;
              const w = depthwise
                ? weights.data[tap * channels + channel]
                : weights.data[(tap * channels + channel) * outputs + out];
              sum += (image.data[(v * width + u) * channels + channel] - zeroPoint) * w;
            }
          }
        }
        sums.push(sum);
      }
    }
  }
  return { shape: [rows, columns, outputs], sums };
}

/** Sums as values: `rule(sum, channel)`, plus the zero point, clamped. */
export function toValues(type, { shape, sums }, { rule, zeroPoint, low, high }) {
  const channels = shape.at(-1);
  const values = sums.map((sum, i) => clamp(rule(sum, i % channels) + zeroPoint, low, high));
  return arrayOf(type, shape, values);
}

/** bias − zero point·Σw: what the host folds, so that the array may multiply x instead of x − z. */
export function foldBias(bias, zeroPoint, weights) {
  const outputs = bias.length;
  const sums = new Array(outputs).fill(0);
  weights.data.forEach((w, i) => {
    sums[i % outputs] += w;
  });
  return arrayOf(
    'int32',
    [1, outputs],
    bias.map((b, out) => b - zeroPoint * sums[out]),
  );
}

/** Depthwise weights [kh, kw, channels] as [kh, kw, channels, channels], zero off the diagonal. */
export function blockDiagonal(weights) {
  const [kernelHeight, kernelWidth, channels] = weights.shape;
  const values = [];
  for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let out = 0; out < channels; out++) {
        values.push(channel === out ? weights.data[tap * channels + channel] : 0);
      }
    }
  }
  return arrayOf(weights.type, [kernelHeight, kernelWidth, channels, channels], values);
}

/** `take(values)` of the values inside the image, for every output pixel and channel. */
export function pool(image, { kernel, stride, padding }, take) {
  const [height, width, channels] = image.shape;
  const rows = Math.floor((height + 2 * padding - kernel) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  const results = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const values = [];
        for (let v = y * stride - padding; v < y * stride - padding + kernel; v++) {
          for (let u = x * stride - padding; u < x * stride - padding + kernel; u++) {
            if (v < 0 || v >= height || u < 0 || u >= width) continue;
            values.push(image.data[(v * width + u) * channels + channel]);
          }
        }
        results.push(take(values));
      }
    }
  }
  return arrayOf(image.type, [rows, columns, channels], results);
}

/** The mean to the nearest integer, ties away from zero. */
export function meanAway(values) {
  const sum = values.reduce((total, value) => total + value, 0);
  const magnitude = Math.floor((2 * Math.abs(sum) + values.length) / (2 * values.length));
  return sum < 0 ? -magnitude : magnitude;
}

/** A sum of two int8 images as TensorFlow Lite adds: rule D three times. */
export function addImages(a, b, { leftShift, left, right, result, zeroPoint, low, high }) {
  const values = Array.from(a.data, (value, i) => {
    const [da, db] = [value - left.zeroPoint, b.data[i] - right.zeroPoint];
    const scaledA = ruleD(da * 2 ** leftShift, left.multiplier, left.shift);
    const scaledB = ruleD(db * 2 ** leftShift, right.multiplier, right.shift);
    const sum = ruleD(scaledA + scaledB, result.multiplier, result.shift);
    return clamp(sum + zeroPoint, low, high);
  });
  return arrayOf('int8', a.shape, values);
}
