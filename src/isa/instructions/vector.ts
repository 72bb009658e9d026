import { type Limits, rowBytesOf } from '../../config/configuration.ts';
import type { FaultDetail } from '../../errors/machine-fault.ts';
import { checkRange } from '../checks.ts';
import {
  checkConstantOverlap,
  checkConstantRanges,
  checkTable,
  constantRegions,
  describeOverlap,
} from '../conversion.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import {
  type OutputType,
  outputBytes,
  outputTypes,
  type ValueType,
  type VectorOperation,
  type VectorRule,
  vectorOperations,
  vectorRules,
} from '../enumerations.ts';
import { registerIndex } from '../registers.ts';
import {
  bytesOfRow,
  checkPitch,
  resultBytes,
  resultPitchField,
  resultRange,
  rowCycles,
  timeResults,
} from '../results.ts';
import type { Range, VectorOperand, VectorWork } from '../work.ts';

const unit = 'activation unit';

/** Rules that an operation has; one that has none leaves the operand at `f`. */
const rulesOf: Readonly<Record<VectorOperation, readonly VectorRule[]>> = {
  add: ['d', 'xnnpack', 'onnx'],
  multiply: ['f', 'd', 's', 'onnx'],
  saturating_add: ['f'],
  sigmoid: ['f'],
  tanh: ['f'],
  table: ['f'],
};

/** Bytes of the values that an operation of one operand takes and gives. */
const unaryBytes: Partial<Record<VectorOperation, number>> = { sigmoid: 2, tanh: 2, table: 1 };

const maximumFractionBits = 15;
const maximumLeftShift = 31;

function operandBytes(work: VectorWork, operand: VectorOperand): number {
  return work.columns * outputBytes[operand.type];
}

function operandRange(work: VectorWork, operand: VectorOperand): Range {
  const { ubByte, pitch } = operand;
  return { from: ubByte, to: ubByte + (work.rows - 1) * pitch + operandBytes(work, operand) };
}

function operandsOf({ a, b }: VectorWork): readonly (readonly [string, VectorOperand])[] {
  return b
    ? [
        ['operand a', a],
        ['operand b', b],
      ]
    : [['operand a', a]];
}

function refuseField(reason: string, help?: string): FaultDetail {
  return { kind: 'field', unit, reason, ...(help && { help }) };
}

/** Whether the operation has no operand b. */
function isUnary(operation: number): boolean {
  return unaryBytes[vectorOperations[operation]!] !== undefined;
}

/** A fault if an operation does not have the rule, or values of the types. */
function checkForms(
  operands: Readonly<Record<'operation' | 'rule' | 'a_type' | 'b_type' | 'type', number>>,
): FaultDetail | undefined {
  const operation = vectorOperations[operands.operation]!;
  const rule = vectorRules[operands.rule]!;
  const rules = rulesOf[operation];
  if (!rules.includes(rule)) {
    return refuseField(`${operation} has no rule ${rule}`, `it has ${rules.join(', ')}`);
  }
  const sources = isUnary(operands.operation)
    ? [operands.a_type]
    : [operands.a_type, operands.b_type];
  const types = [...sources, operands.type].map((type): OutputType => outputTypes[type]!);
  if (types.includes('int32')) return refuseField('vector operations have no values of type int32');
  const bytes = unaryBytes[operation];
  if (bytes !== undefined && types.some((type) => outputBytes[type] !== bytes)) {
    return refuseField(
      `${operation} takes and gives ${8 * bytes} bits, not ${types.join(' and ')}`,
    );
  }
  if (operation === 'saturating_add' && types.some((type) => type !== 'int16')) {
    return refuseField(`saturating_add takes and gives int16, not ${types.join(', ')}`);
  }
  return undefined;
}

/** A fault if registers hold what the operation cannot do. */
function checkRegisters(work: VectorWork): FaultDetail | undefined {
  const { operation, rule, clampLow, clampHigh } = work;
  if (clampLow > clampHigh) {
    return refuseField(`clamp_low ${clampLow} is above clamp_high ${clampHigh}`);
  }
  const isCurve = operation === 'sigmoid' || operation === 'tanh';
  if (isCurve && work.fractionBits > maximumFractionBits) {
    return refuseField(`fraction_bits ${work.fractionBits} is outside 0..${maximumFractionBits}`);
  }
  if (operation === 'add' && rule === 'd' && work.leftShift > maximumLeftShift) {
    return refuseField(`left_shift ${work.leftShift} is outside 0..${maximumLeftShift}`);
  }
  return checkTable(work.tableByte);
}

/** Results may take the place of an operand if row by row they lie where it lies. */
function checkOperandOverlap(work: VectorWork, limits: Limits): FaultDetail | undefined {
  const results = resultRange(work);
  for (const [name, operand] of operandsOf(work)) {
    const range = operandRange(work, operand);
    if (range.to <= results.from || results.to <= range.from) continue;
    const sameRows =
      range.from === results.from &&
      operandBytes(work, operand) === resultBytes(work) &&
      (work.rows === 1 || operand.pitch === work.pitch);
    if (!sameRows) return { kind: 'overlap', unit, reason: describeOverlap(results, name, range) };
  }
  return checkConstantOverlap(results, work, limits);
}

/** Two Unified Buffer operands, or one, combined element by element. */
export const vector = defineInstruction({
  mnemonic: 'vector',
  opcode: 0x42,
  pipeline: 'activation',
  title: 'Combine two Unified Buffer operands element by element, or map one.',
  doc: [
    'Takes `rows` rows of `columns` values: row i of operand a at Unified Buffer byte `a` +',
    'i·`a_pitch`, of operand b at `b` + i·`b_pitch`; a pitch of 0 uses one row for all. The results, of',
    '`type`, are written to `ub` + i·`pitch`, little-endian. With A = a − `vector.a_zero_point` and',
    'B = b − `vector.b_zero_point`, M = `activation.multiplier`, s = `activation.shift` and',
    'z = `activation.zero_point` the value is',
    '',
    '- `add`, rule `d`: D(D(A·2^n, `vector.a_multiplier`, `vector.a_shift`) + D(B·2^n,',
    '  `vector.b_multiplier`, `vector.b_shift`), M, s) + z, where D(sum, M, s) is rule d of',
    '  [activate](#activate), n is `vector.left_shift`, 0..31, and A·2^n, B·2^n and the inner sum wrap',
    '  at 32 bits.',
    '- `add`, rule `xnnpack`: (A·`vector.a_multiplier` + B·`vector.b_multiplier` + 2^(−s−1)) >> −s, plus z,',
    '  in exact integers, the multipliers being int32; for s ≥ 0 the sum times 2^s.',
    '- `multiply`, rules `f`, `d`, `s`: the rule of [activate](#activate) with M and s on A·B, wrapping at',
    '  32 bits, plus z. With rule s, M = 2^30 and s = 1 − n it is a rounding shift right by n bits.',
    '- `add` and `multiply`, rule `onnx`: RNE(f32(f32(f32(f32(p·A) ∘ f32(q·B))/r) + z)) with the float32',
    '  p = `vector.a_multiplier`, q = `vector.b_multiplier`, r = `activation.multiplier`, and ∘ for + or ·;',
    '  f32 rounds to float32; NaN gives 0.',
    '- `saturating_add`, of int16: a + b.',
    '- `sigmoid`, `tanh`, of int16: by a table of 256 entries, U[i] = 2^16·sigmoid(i/24), with linear',
    '  interpolation, as below.',
    '- `table`, of int8 and uint8: byte (a mod 256) of the 256 bytes at `activation.table`, as it is.',
    '',
    'Shifts outside −31..30 count as the nearer of the two. But for `table` the value is then clamped to',
    '`activation.clamp_low` and `activation.clamp_high`, and to the range of the type. `b`, `b_pitch` and',
    '`b_type` have no meaning for the operations of one operand.',
    '',
    'sigmoid and tanh of int16: with F = `vector.fraction_bits`, 0..15, x is 3·a·2^(12−F), or for',
    'F > 12 3·(a >> (F−12)). sigmoid: v = |x|, i = v >> 9; y = (U[i] << 9) + (v & 511)·(U[i+1] − U[i]), or',
    '32767·2^10 if i ≥ 255; the result is (y + 512) >> 10 for x ≥ 0, (2^25 − y + 511) >> 10 for x < 0.',
    'tanh: i = v >> 8; y = (U[i] << 8) + (v & 255)·(U[i+1] − U[i]), or 65535·2^8 if i ≥ 255; the result is',
    '(y − 2^23 + 128) >> 8 for x ≥ 0, (2^23 − y + 127) >> 8 for x < 0. Results stand for y·2^−15.',
    '',
    'A row takes ceil(columns·bytes/W) cycles for each operand, or as many as it has W-byte writes if',
    'those are more. Results may take the place of an operand whose rows have their size and pitch;',
    'any other overlap is a fault. With `repeat`, each repetition adds `step.a`, `step.b`, `step.ub`.',
  ].join('\n'),
  source:
    'Assumption: the paper counts vector layers without naming an instruction. Rule d, sigmoid and tanh of int16 are those of TensorFlow Lite Micro and CMSIS-NN, rule xnnpack that of XNNPACK, rule onnx that of ONNX Runtime.',
  example:
    'vector operation=add, rule=onnx, a=x, b=y, rows=8, columns=64, ub=x, a_type=int8, type=int8',
  fields: [
    { name: 'operation', bits: 3, values: vectorOperations, doc: 'What is computed.' },
    { name: 'rule', bits: 3, values: vectorRules, default: 0, doc: 'Arithmetic of add, multiply.' },
    { name: 'a_type', bits: 2, values: outputTypes, doc: 'Type of operand a: not int32.' },
    {
      name: 'b_type',
      bits: 2,
      values: outputTypes,
      derived: { doc: '`a_type`', of: ['a_type'], from: ({ a_type }) => a_type },
      doc: 'Type of operand b: not int32.',
    },
    { name: 'type', bits: 2, values: outputTypes, doc: 'Type of the results: not int32.' },
    { name: 'unused', bits: 4, unused: true, doc: 'Zero.' },
    repeatField,
    { name: 'a', bits: 32, doc: 'Unified Buffer byte of the first row of operand a.' },
    {
      name: 'b',
      bits: 32,
      derived: {
        doc: '0 where there is no operand b',
        of: ['operation'],
        from: ({ operation }) => (isUnary(operation!) ? 0 : undefined),
      },
      doc: 'Unified Buffer byte of the first row of operand b.',
    },
    { name: 'rows', bits: 32, minimum: 1, doc: 'Rows.' },
    { name: 'columns', bits: 16, minimum: 1, doc: 'Values in a row.' },
    { name: 'ub', bits: 32, doc: 'Unified Buffer byte of the first result row.' },
    {
      name: 'a_pitch',
      bits: 32,
      derived: {
        doc: 'columns · bytes of `a_type`',
        of: ['columns', 'a_type'],
        from: ({ columns, a_type }) => bytesOfRow(columns!, a_type!),
      },
      doc: 'Bytes from one row of operand a to the next.',
    },
    {
      name: 'b_pitch',
      bits: 32,
      derived: {
        doc: 'columns · bytes of `b_type`, or 0',
        of: ['operation', 'columns', 'b_type'],
        from: ({ operation, columns, b_type }) =>
          isUnary(operation!) ? 0 : bytesOfRow(columns!, b_type!),
      },
      doc: 'Bytes from one row of operand b to the next.',
    },
    resultPitchField,
  ],
  checkOperands: (operands) =>
    checkForms(operands) ??
    checkPitch(operands.rows, operands.pitch, bytesOfRow(operands.columns, operands.type)),
  resolve(operands, registers, repetition): VectorWork {
    const register = (index: number): number => registers[index]!;
    const operation = vectorOperations[operands.operation]!;
    const a: VectorOperand = {
      ubByte: operands.a + repetition * register(registerIndex.stepA),
      pitch: operands.a_pitch,
      type: outputTypes[operands.a_type] as ValueType,
      zeroPoint: register(registerIndex.vectorAZeroPoint),
      multiplier: register(registerIndex.vectorAMultiplier),
      shift: register(registerIndex.vectorAShift),
    };
    const b: VectorOperand = {
      ubByte: operands.b + repetition * register(registerIndex.stepB),
      pitch: operands.b_pitch,
      type: outputTypes[operands.b_type] as ValueType,
      zeroPoint: register(registerIndex.vectorBZeroPoint),
      multiplier: register(registerIndex.vectorBMultiplier),
      shift: register(registerIndex.vectorBShift),
    };
    return {
      kind: 'vector',
      operation,
      rule: vectorRules[operands.rule]!,
      a,
      b: isUnary(operands.operation) ? undefined : b,
      rows: operands.rows,
      columns: operands.columns,
      ubByte: operands.ub + repetition * register(registerIndex.stepUb),
      pitch: operands.pitch,
      outputType: outputTypes[operands.type] as ValueType,
      zeroPoint: register(registerIndex.zeroPoint),
      clampLow: register(registerIndex.clampLow),
      clampHigh: register(registerIndex.clampHigh),
      multiplier: register(registerIndex.multiplier),
      shift: register(registerIndex.shift),
      leftShift: register(registerIndex.vectorLeftShift) >>> 0,
      fractionBits: register(registerIndex.vectorFractionBits) >>> 0,
      tableByte: operation === 'table' ? register(registerIndex.table) >>> 0 : undefined,
    };
  },
  check(work, limits) {
    const badField = checkRegisters(work);
    if (badField) return badField;
    const results = resultRange(work);
    const ranges = [...operandsOf(work).map(([, o]) => operandRange(work, o)), results];
    for (const { from, to } of ranges) {
      const fault = checkRange('unifiedBuffer', from, to, limits.unifiedBufferBytes);
      if (fault) return fault;
    }
    return checkConstantRanges(work, limits) ?? checkOperandOverlap(work, limits);
  },
  regions(work, limits) {
    return [
      ...operandsOf(work).map(
        ([, operand]) =>
          ({
            memory: 'unifiedBuffer',
            ...operandRange(work, operand),
            access: 'read',
            heldUntil: 'issued',
          }) as const,
      ),
      ...constantRegions(work, limits),
      { memory: 'unifiedBuffer', ...resultRange(work), access: 'write', heldUntil: 'end' },
    ];
  },
  timing: (work, configuration) =>
    timeResults(work, rowCycles(work, rowBytesOf(configuration)), configuration),
});
