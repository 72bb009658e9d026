/**
 * Rows times a tile with four products of 8 bits in one instruction of relaxed SIMD, beside all that
 * array-kernels.as.ts has. The instruction takes signed weights and activations of 7 bits; what it
 * makes of an eighth bit is up to the host. Where processors multiply unsigned with signed bytes
 * and do not saturate (`areQuadsExact`), activations of 8 bits are exact: those below zero are
 * stored 128 too large, and 128 times the sum of the weights is taken away again.
 *
 * Narrow rows are activations as bytes, four to a quad. A narrow tile is the sums of the weights of
 * each column as int32, 16 to a panel, then panels of 16 columns, each [quads of rows, 16, 4] bytes.
 */
export * from './array-kernels.as';

const quadBytes: usize = 64;
const sumBytes: usize = 64;
const halfBytes: usize = 32;

// @ts-expect-error: decorator
@inline
function dot(sums: v128, weights: v128, activations: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, activations, sums);
}

/** Whether this host adds four products of a signed and an unsigned byte without a loss. */
export function areQuadsExact(): bool {
  let highest = i32x4.splat(0), lowest = i32x4.splat(0);
  for (let quad = 0; quad < 64; quad++) {
    highest = dot(highest, i8x16.splat(127), i8x16.splat(-1));
    lowest = dot(lowest, i8x16.splat(-128), i8x16.splat(-1));
  }
  // 256 products of 255 with 127 and with −128.
  return i32x4.all_true(i32x4.eq(highest, i32x4.splat(8290560))) &&
    i32x4.all_true(i32x4.eq(lowest, i32x4.splat(-8355840)));
}

/**
 * Packed rows to narrow ones. Returns what was added to the activations, 0 or 128; −1 if they are
 * not all of one 8-bit type.
 */
export function narrowRows(a: usize, aPitch: usize, target: usize, rows: i32, pairs: i32): i32 {
  const values = 2 * pairs, whole = values & ~7;
  let least = i16x8.splat(0), most = i16x8.splat(0);
  for (let i = 0; i < rows; i++) {
    const x = a + <usize>i * aPitch;
    for (let k = 0; k < whole; k += 8) {
      const v = v128.load(x + 2 * <usize>k);
      least = i16x8.min_s(least, v);
      most = i16x8.max_s(most, v);
    }
    for (let k = whole; k < values; k++) {
      const v = v128.load16_splat(x + 2 * <usize>k);
      least = i16x8.min_s(least, v);
      most = i16x8.max_s(most, v);
    }
  }
  const isSigned = !i16x8.all_true(i16x8.ge_s(least, i16x8.splat(0)));
  if (isSigned && !i16x8.all_true(i16x8.le_s(most, i16x8.splat(127)))) return -1;
  const bias: i16 = isSigned ? 128 : 0;
  const added = i16x8.splat(bias);
  const rowBytes = 4 * ((<usize>pairs + 1) >> 1);
  for (let i = 0; i < rows; i++) {
    const x = a + <usize>i * aPitch, to = target + <usize>i * rowBytes;
    for (let k = 0; k < whole; k += 8) {
      const v = i16x8.add(v128.load(x + 2 * <usize>k), added);
      v128.store64_lane(to + <usize>k, i8x16.narrow_i16x8_u(v, v), 0);
    }
    for (let k = whole; k < values; k++) {
      store<u8>(to + <usize>k, <u8>(load<i16>(x + 2 * <usize>k) + bias));
    }
    // Half a quad beyond an odd number of pairs meets weights of zero, whatever it is.
  }
  return bias;
}

/** A packed tile to a narrow one; false if a weight is no int8. */
export function narrowTile(w: usize, target: usize, pairs: i32, panels: i32): bool {
  const ones = i16x8.splat(1), zero = i16x8.splat(0);
  let large = zero;
  let to = target + <usize>panels * sumBytes;
  for (let p = 0; p < panels; p++) {
    for (let c: usize = 0; c < 4; c++) {
      let sums = zero, from = w + 16 * c, at = to + 16 * c;
      for (let pair = 0; pair < pairs; pair += 2) {
        const upper = v128.load(from);
        const lower = pair + 1 < pairs ? v128.load(from, 64) : zero;
        large = v128.or(large, i16x8.gt_s(i16x8.max_s(upper, lower), i16x8.splat(127)));
        sums = i32x4.add(sums, i32x4.dot_i16x8_s(upper, ones));
        sums = i32x4.add(sums, i32x4.dot_i16x8_s(lower, ones));
        const bytes = i8x16.narrow_i16x8_s(upper, lower);
        v128.store(at, v128.shuffle<i16>(bytes, bytes, 0, 4, 1, 5, 2, 6, 3, 7));
        from += 2 * quadBytes;
        at += quadBytes;
      }
      v128.store(target + <usize>p * sumBytes + 16 * c, sums);
    }
    w += <usize>pairs * quadBytes;
    to += ((<usize>pairs + 1) >> 1) * quadBytes;
  }
  return !v128.any_true(large);
}

/** As multiplyRows, of narrow operands: `bias` is what narrowRows gave. */
export function multiplyQuads(
  a: usize, w: usize, weightSums: usize, sums: usize, sumPitch: usize,
  rows: i32, quads: i32, panels: i32, shift: i32, adds: bool, bias: i32,
): void {
  const aPitch = 4 * <usize>quads;
  for (let p = 0; p < panels; p++) {
    let x = a, s = sums, i = 0;
    for (; i + 4 <= rows; i += 4) {
      for (let h: usize = 0; h < sumBytes; h += halfBytes) {
        fourRows(x, aPitch, w + h, weightSums + h, s + h, sumPitch, shift, adds, bias);
      }
      x += 4 * aPitch; s += 4 * sumPitch;
    }
    for (; i < rows; i++) {
      for (let h: usize = 0; h < sumBytes; h += 16) {
        let c = i32x4.mul(v128.load(weightSums + h), i32x4.splat(-bias));
        for (let quad: usize = 0; quad < <usize>quads; quad++) {
          c = dot(c, v128.load(w + h + quad * quadBytes), v128.load32_splat(x + 4 * quad));
        }
        c = i32x4.shl(c, shift);
        v128.store(s + h, adds ? i32x4.add(c, v128.load(s + h)) : c);
      }
      x += aPitch; s += sumPitch;
    }
    w += <usize>quads * quadBytes;
    weightSums += sumBytes;
    sums += sumBytes;
  }
}

// @ts-expect-error: decorator
@inline
function fourRows(
  a: usize, aPitch: usize, w: usize, weightSums: usize, s: usize, sumPitch: usize,
  shift: i32, adds: bool, bias: i32,
): void {
  const s1 = s + sumPitch, s2 = s1 + sumPitch, s3 = s2 + sumPitch;
  const a2 = 2 * aPitch, a3 = 3 * aPitch;
  const less = i32x4.splat(-bias);
  const left = i32x4.mul(v128.load(weightSums), less);
  const right = i32x4.mul(v128.load(weightSums, 16), less);
  let c00 = left, c10 = left, c20 = left, c30 = left;
  let c01 = right, c11 = right, c21 = right, c31 = right;
  const aEnd = a + aPitch;
  while (a < aEnd) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const x0 = v128.load32_splat(a);
    c00 = dot(c00, w0, x0); c01 = dot(c01, w1, x0);
    const x1 = v128.load32_splat(a + aPitch);
    c10 = dot(c10, w0, x1); c11 = dot(c11, w1, x1);
    const x2 = v128.load32_splat(a + a2);
    c20 = dot(c20, w0, x2); c21 = dot(c21, w1, x2);
    const x3 = v128.load32_splat(a + a3);
    c30 = dot(c30, w0, x3); c31 = dot(c31, w1, x3);
    w += quadBytes;
    a += 4;
  }
  land(s, c00, c01, shift, adds);
  land(s1, c10, c11, shift, adds);
  land(s2, c20, c21, shift, adds);
  land(s3, c30, c31, shift, adds);
}

// @ts-expect-error: decorator
@inline
function land(s: usize, left: v128, right: v128, shift: i32, adds: bool): void {
  const c0 = i32x4.shl(left, shift), c1 = i32x4.shl(right, shift);
  v128.store(s, adds ? i32x4.add(c0, v128.load(s)) : c0);
  v128.store(s, adds ? i32x4.add(c1, v128.load(s, 16)) : c1, 16);
}
