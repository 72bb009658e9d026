import { registerIndex } from '../isa/registers.ts';
import { readUnsigned } from './state.ts';

/** An image and the window that goes over it, from the registers. Lengths are in pixels. */
export interface Window {
  readonly imageHeight: number;
  readonly imageWidth: number;
  readonly height: number;
  readonly width: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly originY: number;
  readonly originX: number;
}

export function readWindow(registers: Int32Array): Window {
  return {
    imageHeight: readUnsigned(registers, registerIndex.imageHeight),
    imageWidth: readUnsigned(registers, registerIndex.imageWidth),
    height: readUnsigned(registers, registerIndex.windowHeight),
    width: readUnsigned(registers, registerIndex.windowWidth),
    strideY: readUnsigned(registers, registerIndex.strideY),
    strideX: readUnsigned(registers, registerIndex.strideX),
    dilationY: readUnsigned(registers, registerIndex.dilationY),
    dilationX: readUnsigned(registers, registerIndex.dilationX),
    originY: registers[registerIndex.originY]!,
    originX: registers[registerIndex.originX]!,
  };
}

/**
 * The pixel of the image, v·(its width) + u, on which tap (tapY, tapX) of output pixel (y, x) lies;
 * undefined if it lies outside.
 */
export function locateTap(
  window: Window,
  y: number,
  x: number,
  tapY: number,
  tapX: number,
): number | undefined {
  const v = window.originY + y * window.strideY + tapY * window.dilationY;
  const u = window.originX + x * window.strideX + tapX * window.dilationX;
  const isInside = v >= 0 && v < window.imageHeight && u >= 0 && u < window.imageWidth;
  return isInside ? v * window.imageWidth + u : undefined;
}
