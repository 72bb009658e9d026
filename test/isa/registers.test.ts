import { describe, expect, it } from 'vitest';
import {
  initialRegisters,
  registerAt,
  registerCount,
  registerNamed,
  registers,
} from '../../src/isa/registers.ts';

describe('the registers', () => {
  it('have numbers that set_config can name, each once, and a name of their own', () => {
    const numbers = registers.map((register) => register.index);
    expect(new Set(numbers).size).toBe(registers.length);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(registerCount);
    expect(new Set(registers.map((register) => register.name)).size).toBe(registers.length);
  });

  it('are found by number, and by name in upper and lower case', () => {
    expect(registerAt(0x10)?.name).toBe('activation.zero_point');
    expect(registerNamed('Step.UB')?.index).toBe(0);
    expect(registerAt(0x0f)).toBeUndefined();
    expect(registerNamed('step')).toBeUndefined();
  });

  it('begin with steps of 0, scales of 1.0 and a clamp that lets all through', () => {
    const wanted = new Int32Array(256);
    wanted[0x11] = -2147483648;
    wanted[0x12] = 2147483647;
    // IEEE 754: 1.0 is sign 0, exponent 127, fraction 0.
    for (const scale of [0x13, 0x32, 0x34]) wanted[scale] = 127 << 23;
    // No table; 6.0 in a scale of 6/255; 4 bits behind the point of 8, 12 of 16.
    wanted[0x16] = -1;
    wanted[0x17] = 255;
    wanted[0x18] = 4;
    wanted[0x37] = 12;
    // An image, a window, strides and dilations of one.
    wanted.fill(1, 0x20, 0x2a);
    expect(initialRegisters()).toEqual(wanted);
  });

  it('have 32 bits, with a sign where their initial value may have one', () => {
    for (const { name, signed, initial } of registers) {
      const [low, high] = signed ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
      expect(initial, name).toBeGreaterThanOrEqual(low!);
      expect(initial, name).toBeLessThanOrEqual(high!);
      expect(registerNamed(name)).toBe(registers.find((register) => register.name === name));
    }
  });

  it('that take a real number are the scales', () => {
    expect(registers.filter((register) => register.real).map((register) => register.name)).toEqual([
      'activation.multiplier',
      'vector.a_multiplier',
      'vector.b_multiplier',
    ]);
  });
});
