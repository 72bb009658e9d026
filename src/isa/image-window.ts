import type { FaultDetail } from '../errors/machine-fault.ts';
import type { ImageWindow } from '../numerics/image-window.ts';
import { registerIndex } from './registers.ts';

/** Largest height, width, stride or dilation, and number of channels. */
const maximumExtent = 65535;

/** The window as the registers describe it; convolve and pool share them. */
export function captureWindow(registers: Int32Array): ImageWindow {
  const unsigned = (index: number): number => registers[index]! >>> 0;
  return {
    imageHeight: unsigned(registerIndex.imageHeight),
    imageWidth: unsigned(registerIndex.imageWidth),
    windowHeight: unsigned(registerIndex.windowHeight),
    windowWidth: unsigned(registerIndex.windowWidth),
    strideY: unsigned(registerIndex.strideY),
    strideX: unsigned(registerIndex.strideX),
    dilationY: unsigned(registerIndex.dilationY),
    dilationX: unsigned(registerIndex.dilationX),
    originY: registers[registerIndex.originY]!,
    originX: registers[registerIndex.originX]!,
  };
}

/** A fault if a register of the window, or `channels` where they count, is outside 1..65,535. */
export function checkWindow(
  window: ImageWindow,
  unit: string,
  channels = 1,
): FaultDetail | undefined {
  const extents = [
    ['image.height', window.imageHeight],
    ['image.width', window.imageWidth],
    ['image.channels', channels],
    ['window.height', window.windowHeight],
    ['window.width', window.windowWidth],
    ['window.stride_y', window.strideY],
    ['window.stride_x', window.strideX],
    ['window.dilation_y', window.dilationY],
    ['window.dilation_x', window.dilationX],
  ] as const;
  for (const [name, value] of extents) {
    if (value >= 1 && value <= maximumExtent) continue;
    const reason = `${name} ${value} is outside 1..${maximumExtent}`;
    return { kind: 'field', unit, reason, help: 'set_config it before the instruction' };
  }
  return undefined;
}
