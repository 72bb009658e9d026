/**
 * The reference's own arithmetic of rule F, written from its definition and from nothing else:
 * y = clamp(RNE(f32(f32(sum)·k)) + zero point).
 * Source: what ONNX Runtime and XNNPACK compute.
 */
export interface RuleF {
  /** k, a float32. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly relu: boolean;
  readonly clampLow: number;
  readonly clampHigh: number;
  readonly type: 'int8' | 'uint8';
}

/** Smallest and largest value of the 8-bit types. */
const ranges = { int8: [-128, 127], uint8: [0, 255] } as const;

/**
 * One requantised value of an int32 sum (bias included).
 * p = f32(f32(sum)·k), 0 if that is NaN; y = RNE(p) + zero point; relu: y = max(y, zero point);
 * then the clamp, then the range of the type.
 */
export function applyRuleF(sum: number, rule: RuleF): number {
  const product = Math.fround(Math.fround(sum) * rule.scale);
  let value = Number.isNaN(product) ? 0 : roundTiesToEven(product);
  value += rule.zeroPoint;
  if (rule.relu) value = Math.max(value, rule.zeroPoint);
  value = Math.min(Math.max(value, rule.clampLow), rule.clampHigh);
  const [low, high] = ranges[rule.type];
  return Math.min(Math.max(value, low), high);
}

/** The nearest integer; of two equally near ones the even one. Math.round takes the upper one. */
function roundTiesToEven(value: number): number {
  const nearest = Math.round(value);
  const tie = nearest - value === 0.5;
  return tie && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
