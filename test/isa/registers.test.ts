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

  it('begin with steps of 0, a scale of 1.0 and a clamp that lets all through', () => {
    const file = initialRegisters();
    const wanted = new Int32Array(256);
    wanted[0x11] = -2147483648;
    wanted[0x12] = 2147483647;
    // IEEE 754: 1.0 is sign 0, exponent 127, fraction 0.
    wanted[0x13] = 127 << 23;
    expect(file).toEqual(wanted);
  });
});
