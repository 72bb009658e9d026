import { describe, expect, test } from 'vitest';
import { presets } from '../../src/config/parameters.ts';
import { MachineFault } from '../../src/errors/machine-fault.ts';
import { Machine } from '../../src/machine/machine.ts';
import { instruction } from '../reference/instructions.ts';

/** What the machine refuses at its public doors, and what it does after a fault. */

const halt = instruction('halt', {});
const tiny = presets['tpu-tiny'];

describe('a machine refuses', () => {
  test('a program without halt, as the assembler does', () => {
    const build = () => new Machine(tiny, [instruction('nop', {})]);
    expect(build).toThrow('error[A115]: the program has no halt');
  });

  test('host bytes outside host memory, instead of showing zeros', () => {
    const machine = new Machine(tiny, [halt]);
    const read = () => machine.readHostMemory(2 ** 20, 2 ** 20 + 4);
    expect(read).toThrow('bytes 1048576..1048579 are outside 0..1048575');
    expect(() => machine.readHostMemory(-4, 0)).toThrow('bytes -4..-1 are outside 0..1048575');
  });

  test('an image that does not fit', () => {
    const image = {
      hostMemory: [{ byte: 2 ** 20 - 1, bytes: new Uint8Array(2) }],
      weightMemory: [],
    };
    expect(() => new Machine(tiny, [halt], image)).toThrow('outside 0..1048575');
  });

  test('parts of cycles', () => {
    const machine = new Machine(tiny, [halt]);
    expect(() => machine.step(1.5)).toThrow('1.5 is no number of cycles');
    expect(() => machine.run(-1)).toThrow('-1 is no number of cycles');
    expect(machine.cycle).toBe(0);
  });
});

describe('after a fault', () => {
  // Tile 5000 is outside the 1,024 tiles of 64 KiB; the nop takes cycle 0.
  const list = [instruction('nop', {}), instruction('read_weights', { tile: 5000 }), halt];

  test('every way of going on throws it again', () => {
    const machine = new Machine(tiny, list);
    expect(() => machine.run()).toThrow(MachineFault);
    expect(() => machine.run(1)).toThrow('tile 5000 is outside 0..1023');
    expect(() => machine.step(0)).toThrow('tile 5000 is outside 0..1023');
    expect(machine.cycle).toBe(1);
  });

  test.each([false, true])(
    'a restored machine has the same fault (timing only: %s)',
    (timingOnly) => {
      const machine = new Machine(tiny, list, undefined, { timingOnly });
      expect(() => machine.run()).toThrow(MachineFault);
      const restored = new Machine(tiny, list, undefined, { timingOnly });
      restored.restore(machine.snapshot());
      expect(() => restored.step()).toThrow('tile 5000 is outside 0..1023');
    },
  );
});
