import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ImageShape, SlidingWindow } from './operator.ts';
import { countOutputs } from './plan-patches.ts';

/** Largest size, stride, dilation and number of channels that registers hold. */
const maximumExtent = 65535;

/** Height and width of what a window makes of an image. */
export function outputSizeOf({
  input,
  kernel,
  stride,
  dilation,
  padding,
}: SlidingWindow & { readonly input: ImageShape }): readonly [number, number] {
  const { top, left, bottom, right } = padding;
  return [
    countOutputs(input.height, kernel[0], stride[0], dilation[0], top, bottom),
    countOutputs(input.width, kernel[1], stride[1], dilation[1], left, right),
  ];
}

/** Everything about the window of an operator that cannot be. */
export function checkWindowOperator(
  operator: SlidingWindow & { readonly input: ImageShape },
): Diagnostic[] {
  const { input, kernel, stride, dilation, padding } = operator;
  const found: Diagnostic[] = [];
  const extents = [
    ['batch', input.batch],
    ['height', input.height],
    ['width', input.width],
    ['channels', input.channels],
    ['kernel height', kernel[0]],
    ['kernel width', kernel[1]],
    ['vertical stride', stride[0]],
    ['horizontal stride', stride[1]],
    ['vertical dilation', dilation[0]],
    ['horizontal dilation', dilation[1]],
  ] as const;
  for (const [name, value] of extents) {
    if (Number.isInteger(value) && value >= 1 && value <= maximumExtent) continue;
    found.push({ code: 'A121', message: `${name} ${value} is outside 1..${maximumExtent}` });
  }
  for (const [name, value] of Object.entries(padding)) {
    if (Number.isInteger(value) && value >= 0 && value <= maximumExtent) continue;
    found.push({
      code: 'A121',
      message: `padding ${name} ${value} is outside 0..${maximumExtent}`,
    });
  }
  if (found.length > 0) return found;
  const [outputHeight, outputWidth] = outputSizeOf(operator);
  const spans = [
    ['height', outputHeight, kernel[0], dilation[0], input.height, padding.top + padding.bottom],
    ['width', outputWidth, kernel[1], dilation[1], input.width, padding.left + padding.right],
  ] as const;
  for (const [name, outputs, taps, step, size, padded] of spans) {
    if (outputs >= 1) continue;
    const reach = (taps - 1) * step + 1;
    const message = `${name}: the window reaches over ${reach} pixels, the padded input has ${size + padded}`;
    found.push({
      code: 'A121',
      message,
      help: 'make the kernel or its dilation smaller, or pad more',
    });
  }
  return found;
}

/** The Unified Buffer does not even hold the smallest patch. */
export function describePatchShortage(neededBytes: number, sizeBytes: number): Diagnostic {
  const message = `unified buffer: one output pixel with its window takes ${neededBytes} bytes, there are ${sizeBytes}`;
  return { code: 'A123', message, help: 'raise unifiedBuffer.bytes' };
}
