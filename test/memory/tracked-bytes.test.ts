import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageBytes } from '../../src/memory/paged-memory.ts';
import { TrackedBytes } from '../../src/memory/tracked-bytes.ts';

const size = 3 * pageBytes + 10;

type Step =
  | { readonly at: number; readonly values: Uint8Array }
  | 'save'
  | { readonly back: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      at: fc
        .nat(3)
        .chain((page) => fc.integer({ min: -5, max: 5 }).map((n) => page * pageBytes + n)),
      values: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    }),
    fc.constant('save' as const),
    fc.record({ back: fc.nat(9) }),
  ),
  { maxLength: 30 },
);

it('restores any of the states that were saved, whatever was written and restored since', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const memory = new TrackedBytes(new Uint8Array(size));
      const saved = [{ images: memory.snapshot(), whole: new Uint8Array(size) }];
      for (const step of list) {
        if (step === 'save') {
          saved.push({ images: memory.snapshot(), whole: memory.bytes.slice() });
        } else if ('back' in step) {
          const { images, whole } = saved[step.back % saved.length]!;
          memory.restore(images);
          expect(Buffer.from(memory.bytes).equals(whole)).toBe(true);
        } else {
          const at = Math.max(0, Math.min(step.at, size - step.values.length));
          memory.touch(at, at + step.values.length);
          memory.bytes.set(step.values, at);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('copies a page once for all the states in which it is the same', () => {
  const memory = new TrackedBytes(new Uint8Array(size));
  memory.touch(0, 1);
  const first = memory.snapshot();
  memory.touch(pageBytes, pageBytes + 1);
  const second = memory.snapshot();
  expect([...second.keys()]).toEqual([0, 1]);
  expect(second.get(0)).toBe(first.get(0));
});
