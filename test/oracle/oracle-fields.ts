import type { Configuration } from '../../src/config/configuration.ts';
import { functions, hasTwoOperands, vectorOperations } from './oracle-activation.ts';
import { readImageWindow, sizeRegisters, walkPool } from './oracle-image.ts';
import { stepKOffset } from './oracle-matrix.ts';
import { type Operands, valueBytes, valueTypes } from './oracle-operands.ts';
import {
  type RegisterName,
  type Registers,
  readSigned,
  readUnsigned,
  registerNumbers,
} from './oracle-registers.ts';
import { countUsefulWeights } from './oracle-weights.ts';

/**
 * Operands that are legal by themselves and not together, not on this array, or not with the
 * registers as they stand.
 */
export function fieldsAreIllegal(
  mnemonic: string,
  operands: Operands,
  repetition: number,
  registers: Registers,
  configuration: Configuration,
): boolean {
  const { rows: R, columns: C } = configuration.mxu;
  const severalRows = (operands.rows ?? 1) > 1;
  if (mnemonic === 'convolve') return convolutionIsIllegal(operands, repetition, registers);
  if (mnemonic === 'activate') {
    return (
      operands.columns! > C ||
      conversionIsIllegal(operands, registers) ||
      (severalRows && operands.pitch! < operands.columns! * valueBytes[operands.type!]!)
    );
  }
  if (mnemonic === 'pool') return poolIsIllegal(operands, registers, configuration);
  if (mnemonic === 'vector') return vectorIsIllegal(operands, registers);
  if (mnemonic === 'read_weights') {
    const valid = (operands.rows! || R) * (operands.columns! || C);
    return (
      operands.rows! > R ||
      operands.columns! > C ||
      countUsefulWeights(operands, configuration) > valid
    );
  }
  if (mnemonic.endsWith('_strided')) {
    // Rows written must not overlap each other.
    const written = mnemonic.startsWith('read') ? operands.ub_pitch! : operands.host_pitch!;
    return severalRows && written < operands.row_bytes!;
  }
  return mnemonic === 'set_config' && !Object.values(registerNumbers).includes(operands.register!);
}

/** Least and largest value of uint8, int8, uint16 and int16, in the order of their encoding. */
const activationRanges = [
  [0, 255],
  [-128, 127],
  [0, 65_535],
  [-32_768, 32_767],
] as const;

function convolutionIsIllegal(o: Operands, repetition: number, registers: Registers): boolean {
  const [low, high] = activationRanges[o.activations!]!;
  const pad = readSigned(registers, 'window.pad');
  return (
    sizesAreIllegal(sizeRegisters, registers) ||
    pad < low ||
    pad > high ||
    stepKOffset(repetition, registers) < 0
  );
}

function sizesAreIllegal(names: readonly RegisterName[], registers: Registers): boolean {
  return names.some((name) => {
    const size = readUnsigned(registers, name);
    return size < 1 || size > 65_535;
  });
}

function clampsAreIllegal(registers: Registers): boolean {
  const low = readSigned(registers, 'activation.clamp_low');
  return low > readSigned(registers, 'activation.clamp_high');
}

/** All ones: there is no table. */
function tableIsMissing(registers: Registers): boolean {
  return readUnsigned(registers, 'activation.table') === 0xffff_ffff;
}

/** What becomes of a sum in `activate` and `pool`. */
function conversionIsIllegal({ type, function: f }: Operands, registers: Registers): boolean {
  const curve = f === functions.sigmoid || f === functions.tanh;
  const ofBytes = curve || f === functions.table;
  const isByte = type === valueTypes.int8 || type === valueTypes.uint8;
  return (
    clampsAreIllegal(registers) ||
    (type === valueTypes.int32 && f !== functions.none && f !== functions.relu) ||
    (ofBytes && !isByte) ||
    (curve && readUnsigned(registers, 'activation.fraction_bits') > 7) ||
    (f === functions.table && tableIsMissing(registers))
  );
}

function poolIsIllegal(o: Operands, registers: Registers, configuration: Configuration): boolean {
  // The channels are an operand of `pool`.
  const used = sizeRegisters.filter((name) => name !== 'image.channels');
  if (sizesAreIllegal(used, registers)) return true;
  const fromAccumulators = o.from === 1;
  const converts = o.rule !== 0 || o.function !== functions.none || o.parameters === 1;
  const severalPixels = o.rows! * o.columns! > 1;
  return (
    o.type === valueTypes.int32 ||
    (fromAccumulators ? o.channels! > configuration.mxu.columns : converts) ||
    conversionIsIllegal(o, registers) ||
    (severalPixels && o.pitch! < o.channels! * valueBytes[o.type!]!) ||
    walkPool(readImageWindow(registers), o.rows!, o.columns!).pixels === undefined
  );
}

/** Rules f, d, s, xnnpack and onnx are 0 to 4. */
const rulesOf: Readonly<Record<number, readonly number[]>> = {
  [vectorOperations.add]: [1, 3, 4],
  [vectorOperations.multiply]: [0, 1, 2, 4],
  [vectorOperations.saturatingAdd]: [0],
  [vectorOperations.sigmoid]: [0],
  [vectorOperations.tanh]: [0],
  [vectorOperations.table]: [0],
};

function vectorIsIllegal(o: Operands, registers: Registers): boolean {
  const { operation, rule } = o;
  const types = hasTwoOperands(operation!) ? [o.a_type, o.b_type, o.type] : [o.a_type, o.type];
  const { int32, int16, int8, uint8 } = valueTypes;
  const { add, saturatingAdd, sigmoid, tanh, table } = vectorOperations;
  const curve = operation === sigmoid || operation === tanh;
  return (
    !rulesOf[operation!]!.includes(rule!) ||
    types.includes(int32) ||
    ((curve || operation === saturatingAdd) && types.some((t) => t !== int16)) ||
    (operation === table && types.some((t) => t !== int8 && t !== uint8)) ||
    clampsAreIllegal(registers) ||
    (curve && readUnsigned(registers, 'vector.fraction_bits') > 15) ||
    (operation === add && rule === 1 && readUnsigned(registers, 'vector.left_shift') > 31) ||
    (operation === table && tableIsMissing(registers)) ||
    (o.rows! > 1 && o.pitch! < o.columns! * valueBytes[o.type!]!)
  );
}
