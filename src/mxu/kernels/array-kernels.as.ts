/**
 * The kernels of the array in AssemblyScript, on 128-bit SIMD. `plain-kernels.ts` has the same
 * functions in TypeScript and `array-kernels.ts` says what each one does and how operands lie.
 *
 * Two neighbours of 16 bits are multiplied and added in one instruction, so operands lie in pairs:
 * activations (k, k+1) of a row, weights (k, k+1) of a column. Four rows by eight columns are done at a
 * time: more would not fit into sixteen registers, and fewer wait for loads. A panel is sixteen
 * columns, so that the activations are still in the cache for the second half.
 */

/** Bytes that a pair of rows of weights takes in a panel: 16 columns × 2 × 16 bits. */
const pairBytes: usize = 64;

/** Bytes of the sums of a row in a panel. */
const sumBytes: usize = 64;

/** From the first half of a panel to the second, of weights and of sums. */
const halfBytes: usize = 32;

/**
 * Adds the products of four rows with the pairs of a panel from `w` on, while `a` < `aEnd`, to the
 * 4 × 8 sums at `s`; with `fresh` to zero, shifted left, and to the old sums only if `adds`. The rows
 * are `aPitch` apart, or `woven`: pair by pair one behind the other, which saves adding addresses.
 */
// @ts-expect-error: decorator
@inline
function fourRows(
  a: usize, aEnd: usize, aPitch: usize, woven: bool, w: usize, s: usize, sPitch: usize,
  fresh: bool, shift: i32, adds: bool,
): void {
  const s1 = s + sPitch, s2 = s1 + sPitch, s3 = s2 + sPitch;
  const a2 = 2 * aPitch, a3 = 3 * aPitch;
  let c00 = fresh ? i32x4.splat(0) : v128.load(s), c01 = fresh ? i32x4.splat(0) : v128.load(s, 16);
  let c10 = fresh ? i32x4.splat(0) : v128.load(s1), c11 = fresh ? i32x4.splat(0) : v128.load(s1, 16);
  let c20 = fresh ? i32x4.splat(0) : v128.load(s2), c21 = fresh ? i32x4.splat(0) : v128.load(s2, 16);
  let c30 = fresh ? i32x4.splat(0) : v128.load(s3), c31 = fresh ? i32x4.splat(0) : v128.load(s3, 16);
  // A loop and not an unrolled body: V8 moves all loads of a body to its front and then spills.
  while (a < aEnd) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const x0 = v128.load32_splat(a);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(w0, x0));
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(w1, x0));
    const x1 = woven ? v128.load32_splat(a, 4) : v128.load32_splat(a + aPitch);
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(w0, x1));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(w1, x1));
    const x2 = woven ? v128.load32_splat(a, 8) : v128.load32_splat(a + a2);
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(w0, x2));
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(w1, x2));
    const x3 = woven ? v128.load32_splat(a, 12) : v128.load32_splat(a + a3);
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(w0, x3));
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(w1, x3));
    w += pairBytes;
    a += woven ? 16 : 4;
  }
  if (fresh) {
    c00 = i32x4.shl(c00, shift); c01 = i32x4.shl(c01, shift);
    c10 = i32x4.shl(c10, shift); c11 = i32x4.shl(c11, shift);
    c20 = i32x4.shl(c20, shift); c21 = i32x4.shl(c21, shift);
    c30 = i32x4.shl(c30, shift); c31 = i32x4.shl(c31, shift);
    if (adds) {
      c00 = i32x4.add(c00, v128.load(s)); c01 = i32x4.add(c01, v128.load(s, 16));
      c10 = i32x4.add(c10, v128.load(s1)); c11 = i32x4.add(c11, v128.load(s1, 16));
      c20 = i32x4.add(c20, v128.load(s2)); c21 = i32x4.add(c21, v128.load(s2, 16));
      c30 = i32x4.add(c30, v128.load(s3)); c31 = i32x4.add(c31, v128.load(s3, 16));
    }
  }
  v128.store(s, c00); v128.store(s, c01, 16);
  v128.store(s1, c10); v128.store(s1, c11, 16);
  v128.store(s2, c20); v128.store(s2, c21, 16);
  v128.store(s3, c30); v128.store(s3, c31, 16);
}

/** The same for one row. */
// @ts-expect-error: decorator
@inline
function oneRow(
  a: usize, aEnd: usize, w: usize, s: usize, fresh: bool, shift: i32, adds: bool,
): void {
  let c0 = fresh ? i32x4.splat(0) : v128.load(s), c1 = fresh ? i32x4.splat(0) : v128.load(s, 16);
  while (a < aEnd) {
    const x = v128.load32_splat(a);
    c0 = i32x4.add(c0, i32x4.dot_i16x8_s(v128.load(w), x));
    c1 = i32x4.add(c1, i32x4.dot_i16x8_s(v128.load(w, 16), x));
    w += pairBytes;
    a += 4;
  }
  if (fresh) {
    c0 = i32x4.shl(c0, shift); c1 = i32x4.shl(c1, shift);
    if (adds) { c0 = i32x4.add(c0, v128.load(s)); c1 = i32x4.add(c1, v128.load(s, 16)); }
  }
  v128.store(s, c0); v128.store(s, c1, 16);
}

/** Weaves rows by fours for multiplyRows; what is left over stays as it is. */
export function weaveRows(a: usize, aPitch: usize, target: usize, rows: i32, pairs: i32): void {
  const rowBytes = 4 * <usize>pairs;
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let x = a + <usize>i * aPitch, to = target + <usize>i * rowBytes, pair = 0;
    const y = x + aPitch, z = y + aPitch, u = z + aPitch;
    for (; pair + 4 <= pairs; pair += 4) {
      const at = 4 * <usize>pair;
      const r0 = v128.load(x + at), r1 = v128.load(y + at);
      const r2 = v128.load(z + at), r3 = v128.load(u + at);
      const a0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), a1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
      const b0 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7), b1 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(a0, a1, 0, 2));
      v128.store(to, v128.shuffle<i64>(a0, a1, 1, 3), 16);
      v128.store(to, v128.shuffle<i64>(b0, b1, 0, 2), 32);
      v128.store(to, v128.shuffle<i64>(b0, b1, 1, 3), 48);
      to += 64;
    }
    for (; pair < pairs; pair++) {
      const at = 4 * <usize>pair;
      store<i32>(to, load<i32>(x + at));
      store<i32>(to, load<i32>(y + at), 4);
      store<i32>(to, load<i32>(z + at), 8);
      store<i32>(to, load<i32>(u + at), 12);
      to += 16;
    }
  }
  for (; i < rows; i++) {
    memory.copy(target + <usize>i * rowBytes, a + <usize>i * aPitch, rowBytes);
  }
}

export function multiplyRows(
  a: usize, w: usize, sums: usize, sumPitch: usize,
  rows: i32, pairs: i32, panels: i32, shift: i32, adds: bool,
): void {
  const rowBytes = <usize>pairs * 4;
  const panelBytes = <usize>pairs * pairBytes;
  for (let p = 0; p < panels; p++) {
    let x = a, s = sums, i = 0;
    for (; i + 4 <= rows; i += 4) {
      const next = x + 4 * rowBytes;
      for (let h: usize = 0; h < sumBytes; h += halfBytes) {
        fourRows(x, next, 0, true, w + h, s + h, sumPitch, true, shift, adds);
      }
      x = next; s += 4 * sumPitch;
    }
    for (; i < rows; i++) {
      for (let h: usize = 0; h < sumBytes; h += halfBytes) {
        oneRow(x, x + rowBytes, w + h, s + h, true, shift, adds);
      }
      x += rowBytes; s += sumPitch;
    }
    w += panelBytes;
    sums += sumBytes;
  }
}

/** Pairs that a panel has done after cycle `t` − 1 of rows whose last one was fed in `fed`. */
// @ts-expect-error: decorator
@inline
function pairsDone(t: i32, fed: i32, panel: i32, pairs: i32): i32 {
  const k = t - fed - 16 * panel - 15;
  return k <= 0 ? 0 : min(k >> 1, pairs);
}

export function advanceWaves(
  a: usize, aPitch: usize, w: usize, sums: usize, sumPitch: usize, panelPitch: usize,
  first: i32, rows: i32, fed: i32, pace: i32, from: i32, to: i32, pairs: i32, panels: i32,
): void {
  const panelBytes = <usize>pairs * pairBytes;
  for (let p = 0; p < panels; p++) {
    let x = a, s = sums, i = first;
    const end = first + rows;
    while (i < end) {
      const last = fed + (i | 3) * pace;
      const lo = pairsDone(from, last, p, pairs);
      const hi = pairsDone(to, last, p, pairs);
      const isWhole = (i & 3) == 0 && i + 4 <= end;
      if (lo < hi) {
        const begin = x + 4 * <usize>lo, stop = x + 4 * <usize>hi, v = w + pairBytes * <usize>lo;
        for (let h: usize = 0; h < sumBytes; h += halfBytes) {
          if (isWhole) fourRows(begin, stop, aPitch, false, v + h, s + h, sumPitch, false, 0, false);
          else oneRow(begin, stop, v + h, s + h, false, 0, false);
        }
      }
      const step = isWhole ? 4 : 1;
      x += <usize>step * aPitch; s += <usize>step * sumPitch;
      i += step;
    }
    w += panelBytes;
    sums += panelPitch;
  }
}

export function landWaves(
  sums: usize, sumPitch: usize, panelPitch: usize, target: usize, targetPitch: usize,
  rows: i32, panels: i32, shift: i32, adds: bool,
): void {
  for (let i = 0; i < rows; i++) {
    let s = sums, t = target;
    for (let p = 0; p < panels; p++) {
      for (let at: usize = 0; at < sumBytes; at += 16) {
        const c = i32x4.shl(v128.load(s + at), shift);
        v128.store(t + at, adds ? i32x4.add(c, v128.load(t + at)) : c);
      }
      s += panelPitch; t += sumBytes;
    }
    sums += sumPitch; target += targetPitch;
  }
}

export function settleWaves(
  a: usize, aPitch: usize, w: usize, sums: usize, sumPitch: usize, panelPitch: usize,
  target: usize, targetPitch: usize, masks: usize,
  first: i32, rows: i32, fed: i32, pace: i32, t: i32, pairs: i32, panels: i32,
): void {
  const panelBytes = <usize>pairs * pairBytes;
  for (let i = first; i < first + rows; i++) {
    let s = sums, v = w, out = target;
    for (let p = 0; p < panels; p++) {
      const done = pairsDone(t, fed + (i | 3) * pace, p, pairs);
      for (let at: usize = 0; at < sumBytes; at += 16) {
        let c = v128.load(s + at);
        // Column j of the four has met `ahead` − j of the weights that follow.
        let ahead = t - fed - i * pace - 16 * p - <i32>(at >> 2) - 2 * done;
        for (let pair = done; pair < pairs && ahead > 0; pair++) {
          const weights = v128.load(v + at + pairBytes * <usize>pair);
          const met = v128.and(weights, v128.load(masks + 16 * <usize>min(ahead, 5)));
          c = i32x4.add(c, i32x4.dot_i16x8_s(met, v128.load32_splat(a + 4 * <usize>pair)));
          ahead -= 2;
        }
        v128.store(out + at, c);
      }
      s += panelPitch; v += panelBytes; out += sumBytes;
    }
    a += aPitch; sums += sumPitch; target += targetPitch;
  }
}

export function gatherActivations(
  ages: usize, cells: usize, skew: usize, rows: i32, columns: i32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const from = load<i32>(ages + 4 * <usize>(r + c));
      store<i16>(cells, from < 0 ? 0 : load<i16>(<usize>from + 2 * <usize>r));
      cells += 2;
    }
    for (let d = 0; d < r; d++) {
      const from = load<i32>(ages + 4 * <usize>d);
      store<i16>(skew, from < 0 ? 0 : load<i16>(<usize>from + 2 * <usize>r));
      skew += 2;
    }
  }
}

export function gatherSums(
  ages: usize, cells: usize, skew: usize, rows: i32, columns: i32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const from = load<i32>(ages + 4 * <usize>(r + c));
      store<i32>(cells, from < 0 ? 0 : load<i32>(<usize>from + 4 * <usize>c));
      cells += 4;
    }
  }
  for (let delays = 1; delays < columns; delays++) {
    const c = columns - 1 - delays;
    for (let d = 0; d < delays; d++) {
      const from = load<i32>(ages + 4 * <usize>(rows + c + d));
      store<i32>(skew, from < 0 ? 0 : load<i32>(<usize>from + 4 * <usize>c));
      skew += 4;
    }
  }
}

export function packRows(
  source: usize, sourcePitch: usize, step: usize, target: usize, targetPitch: usize,
  rows: i32, depth: i32, signed: bool,
): void {
  for (let i = 0; i < rows; i++) {
    let k = 0;
    if (step == 1) {
      for (; k + 8 <= depth; k += 8) {
        const x = source + <usize>k;
        v128.store(target + 2 * <usize>k, signed ? v128.load8x8_s(x) : v128.load8x8_u(x));
      }
    }
    for (; k < depth; k++) {
      const x = source + <usize>k * step;
      store<i16>(target + 2 * <usize>k, signed ? <i16>load<i8>(x) : <i16>load<u8>(x));
    }
    source += sourcePitch; target += targetPitch;
  }
}

export function packTile(
  source: usize, target: usize, rows: i32, columns: i32, signed: bool,
): void {
  const pairs = (rows + 1) >> 1;
  for (let c = 0; c < columns; c += 8) {
    const width = min(columns - c, 8);
    let out = target + <usize>(c >> 4) * <usize>pairs * pairBytes + (c & 8 ? halfBytes : 0);
    for (let k = 0; k < rows; k += 2) {
      const upper = source + <usize>(k * columns + c), lower = upper + <usize>columns;
      const hasLower = k + 1 < rows;
      if (width == 8) {
        const x = signed ? v128.load8x8_s(upper) : v128.load8x8_u(upper);
        let y = i16x8.splat(0);
        if (hasLower) y = signed ? v128.load8x8_s(lower) : v128.load8x8_u(lower);
        v128.store(out, v128.shuffle<i16>(x, y, 0, 8, 1, 9, 2, 10, 3, 11));
        v128.store(out, v128.shuffle<i16>(x, y, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      } else {
        for (let j: usize = 0; j < <usize>width; j++) {
          store<i16>(out + 4 * j, weightAt(upper + j, signed));
          store<i16>(out + 4 * j + 2, hasLower ? weightAt(lower + j, signed) : 0);
        }
      }
      out += pairBytes;
    }
  }
}

// @ts-expect-error: decorator
@inline
function weightAt(at: usize, signed: bool): i16 {
  return signed ? <i16>load<i8>(at) : <i16>load<u8>(at);
}
