import { rowBytesOf } from '../../config/configuration.ts';
import { checkRange } from '../checks.ts';
import {
  captureConversion,
  checkConstantOverlap,
  checkConstantRanges,
  checkConversion,
  checkFunction,
  constantRegions,
  conversionDoc,
  functionField,
  parametersField,
  ruleField,
} from '../conversion.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import { outputTypes } from '../enumerations.ts';
import { registerIndex } from '../registers.ts';
import {
  bytesOfRow,
  checkPitch,
  resultPitchField,
  resultRange,
  rowCycles,
  timeResults,
} from '../results.ts';
import type { ActivationWork } from '../work.ts';

/** Accumulator rows through requantisation and a function into the Unified Buffer. */
export const activate = defineInstruction({
  mnemonic: 'activate',
  opcode: 0x40,
  pipeline: 'activation',
  title: 'Requantise accumulator rows, apply a function, write them to the Unified Buffer.',
  doc: [
    'Takes `rows` accumulator rows from `acc` on. The first `columns` sums of row i become values of',
    '`type`, written to Unified Buffer byte `ub` + i·`pitch`, little-endian; all other bytes are left',
    'untouched.',
    '',
    conversionDoc,
    '',
    'A row takes as many cycles as it has W-byte writes; results appear `activationUnit.latency`',
    'cycles after the last of them. With `repeat`, each repetition adds `step.ub` and `step.acc`.',
  ].join('\n'),
  source:
    'Paper, section 2: nonlinear functions from accumulators to Unified Buffer. Assumption: requantisation and its rules, the formats of sigmoid and tanh, tables, the parameter block and the encoding.',
  example: 'activate acc=sums, ub=y, rows=256, columns=256, pitch=256, type=int8, function=relu',
  fields: [
    { name: 'type', bits: 2, values: outputTypes, default: 0, doc: 'Output type.' },
    ruleField,
    functionField,
    parametersField,
    repeatField,
    { name: 'acc', bits: 16, doc: 'First accumulator row.' },
    { name: 'rows', bits: 32, minimum: 1, doc: 'Rows to convert.' },
    { name: 'columns', bits: 16, minimum: 1, doc: 'Values to write per row, at most C.' },
    { name: 'ub', bits: 32, doc: 'Unified Buffer byte of the first result row.' },
    resultPitchField,
  ],
  checkOperands: (operands) =>
    checkFunction(operands) ??
    checkPitch(operands.rows, operands.pitch, bytesOfRow(operands.columns, operands.type)),
  resolve(operands, registers, repetition): ActivationWork {
    return {
      kind: 'activation',
      accRow: operands.acc + repetition * registers[registerIndex.stepAcc]!,
      rows: operands.rows,
      ubByte: operands.ub + repetition * registers[registerIndex.stepUb]!,
      pitch: operands.pitch,
      columns: operands.columns,
      ...captureConversion(operands, registers),
    };
  },
  check(work, limits) {
    const unit = 'activation unit';
    if (work.columns > limits.columns) {
      const reason = `columns ${work.columns} is outside 1..${limits.columns}`;
      return { kind: 'field', unit, reason };
    }
    const badField = checkConversion(work);
    if (badField) return badField;
    const { from, to } = resultRange(work);
    return (
      checkRange('accumulators', work.accRow, work.accRow + work.rows, limits.accumulatorRows) ??
      checkRange('unifiedBuffer', from, to, limits.unifiedBufferBytes) ??
      checkConstantRanges(work, limits) ??
      checkConstantOverlap({ from, to }, work, limits)
    );
  },
  regions(work, limits) {
    return [
      {
        memory: 'accumulators',
        from: work.accRow,
        to: work.accRow + work.rows,
        access: 'read',
        heldUntil: 'issued',
      },
      ...constantRegions(work, limits),
      { memory: 'unifiedBuffer', ...resultRange(work), access: 'write', heldUntil: 'end' },
    ];
  },
  timing: (work, configuration) =>
    timeResults(work, rowCycles(work, rowBytesOf(configuration)), configuration),
});
