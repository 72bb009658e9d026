import { describe, expect, it } from 'vitest';
import { executeProgram, type ReferenceMemories } from '../../src/reference/execute-program.ts';
import { halt, instruction } from './instructions.ts';
import { configuration, createMemories, execute, setRegister } from './small-machine.ts';

describe('host transfers', () => {
  const count = ({ hostMemory, unifiedBuffer }: ReferenceMemories): void => {
    for (let i = 0; i < 256; i++) {
      hostMemory[i] = i;
      unifiedBuffer[i] = 255 - i;
    }
  };

  it('read and write move bytes', () => {
    const { unifiedBuffer } = execute(
      count,
      instruction('read_host_memory', { host: 10, ub: 3, bytes: 4 }),
    );
    expect([...unifiedBuffer.subarray(2, 8)]).toEqual([253, 10, 11, 12, 13, 248]);
    const { hostMemory } = execute(
      count,
      instruction('write_host_memory', { host: 10, ub: 3, bytes: 2 }),
    );
    expect([...hostMemory.subarray(9, 13)]).toEqual([9, 252, 251, 12]);
  });

  it('repeat adds the step registers, downward too', () => {
    const stepped = execute(
      count,
      setRegister('step.host', -4),
      setRegister('step.ub', 8),
      instruction('read_host_memory', { host: 20, ub: 0, bytes: 1, repeat: 3 }),
    ).unifiedBuffer;
    expect([stepped[0], stepped[8], stepped[16], stepped[24]]).toEqual([20, 16, 12, 231]);
  });

  it('strided transfers have a pitch on each side and leave the bytes between', () => {
    const operands = { host: 100, ub: 8, row_bytes: 2, rows: 2, host_pitch: 10, ub_pitch: 4 };
    const read = execute(count, instruction('read_host_memory_strided', operands)).unifiedBuffer;
    expect([...read.subarray(8, 15)]).toEqual([100, 101, 245, 244, 110, 111, 241]);
    const written = execute(count, instruction('write_host_memory_strided', operands)).hostMemory;
    expect([...written.subarray(100, 103)]).toEqual([247, 246, 102]);
    expect([...written.subarray(110, 113)]).toEqual([243, 242, 112]);
  });
});

describe('control', () => {
  it('changes no memory, and stops at the first halt', () => {
    const memories = createMemories();
    const write = instruction('read_host_memory', { host: 0, ub: 0, bytes: 1 });
    memories.hostMemory[0] = 9;
    const control = ['sync', 'sync_host', 'interrupt_host', 'nop'].map((m) => instruction(m));
    const tag = instruction('debug_tag', { tag: 1 });
    executeProgram([...control, tag, halt, write], configuration, memories);
    expect(memories.unifiedBuffer[0]).toBe(0);
    executeProgram([...control, tag, write, halt], configuration, memories);
    expect(memories.unifiedBuffer[0]).toBe(9);
  });

  it('refuses addresses outside a memory', () => {
    const beyond = instruction('read_host_memory', { host: 250, ub: 0, bytes: 7 });
    expect(() => execute(() => {}, beyond)).toThrow('256 is outside 0..255');
  });
});
