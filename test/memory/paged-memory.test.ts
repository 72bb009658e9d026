import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PagedMemory } from '../../src/memory/paged-memory.ts';

/** Three pages of 64 KiB and a part of a fourth. */
const sizeBytes = 3 * 65536 + 100;

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('PagedMemory', () => {
  it('keeps what crosses from one page to the next', () => {
    const memory = new PagedMemory(sizeBytes);
    memory.write(65534, bytes(1, 2, 3, 4));
    expect(memory.read(65533, 65539)).toEqual(bytes(0, 1, 2, 3, 4, 0));
  });

  it('has a last page that ends with the memory', () => {
    const memory = new PagedMemory(sizeBytes);
    memory.write(sizeBytes - 2, bytes(8, 9));
    expect(memory.read(sizeBytes - 3, sizeBytes)).toEqual(bytes(0, 8, 9));
  });

  it('reads as zero where nothing was written, whatever the target held', () => {
    const target = bytes(1, 2, 3);
    new PagedMemory(sizeBytes).readInto(0, target);
    expect(target).toEqual(bytes(0, 0, 0));
  });

  it('has snapshots that do not follow it, and are not followed by what is restored', () => {
    const memory = new PagedMemory(sizeBytes);
    memory.write(0, bytes(1));
    const snapshot = memory.snapshot();
    memory.write(0, bytes(2));
    memory.write(70000, bytes(3));
    memory.restore(snapshot);
    expect(memory.read(0, 1)).toEqual(bytes(1));
    expect(memory.read(70000, 70001)).toEqual(bytes(0));
    memory.write(0, bytes(4));
    memory.restore(snapshot);
    expect(memory.read(0, 1)).toEqual(bytes(1));
  });

  it('keeps what is placed without a copy, and does not write into it', () => {
    const memory = new PagedMemory(sizeBytes);
    const placed = new Uint8Array(2 * 65536 + 8).fill(7);
    memory.place(65536 - 8, placed);
    expect(memory.read(65536 - 9, 65536 + 1)).toEqual(bytes(0, 7, 7, 7, 7, 7, 7, 7, 7, 7));
    expect(memory.view(65536, 65538).buffer).toBe(placed.buffer);
    memory.write(65536, bytes(1));
    expect(memory.read(65536, 65538)).toEqual(bytes(1, 7));
    expect(placed.every((value) => value === 7)).toBe(true);
    // Across two pages, and where nothing was written.
    expect(memory.view(131070, 131074)).toEqual(bytes(7, 7, 7, 7));
    expect(memory.view(sizeBytes - 2, sizeBytes)).toEqual(bytes(0, 0));
  });

  it('is a flat memory', () => {
    // Around the borders of pages, where alone something can go wrong.
    const places = fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -40, max: 60 }))
      .map(([page, offset]) => Math.max(0, page * 65536 + offset));
    const writes = fc.array(fc.tuple(places, fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });
    fc.assert(
      fc.property(writes, (list) => {
        const memory = new PagedMemory(sizeBytes);
        const flat = new Uint8Array(sizeBytes);
        for (const [byte, values] of list) {
          memory.write(byte, values);
          flat.set(values, byte);
        }
        for (const border of [0, 65536, 2 * 65536, 3 * 65536]) {
          const from = Math.max(0, border - 50);
          const to = Math.min(sizeBytes, border + 110);
          expect(memory.read(from, to)).toEqual(flat.slice(from, to));
        }
      }),
      { numRuns: 50 },
    );
  });
});
