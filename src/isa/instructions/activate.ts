import type { Limits } from '../../config/configuration.ts';
import { rowBytesOf } from '../../config/configuration.ts';
import { checkRange, overlapsInPart } from '../checks.ts';
import { defineInstruction, repeatField } from '../definition.ts';
import {
  activationFunctions,
  outputBytes,
  outputTypes,
  requantisationRules,
} from '../enumerations.ts';
import { registerIndex } from '../registers.ts';
import type { ActivationWork } from '../work.ts';

const implemented = new Set<string>(['int32', 'int8', 'uint8', 'f', 'none', 'relu']);

function fieldValues(names: readonly string[]) {
  return names.map((name) =>
    implemented.has(name) ? { name } : { name, reserved: true as const },
  );
}

const bytesPerParameterColumn = 9;

/** Bytes of a parameter block: C int32 biases, C 32-bit multipliers, C int8 shifts. */
export function parameterBlockBytes(columns: number): number {
  return bytesPerParameterColumn * columns;
}

function resultRange(work: ActivationWork) {
  const bytes = work.columns * outputBytes[work.outputType];
  return { from: work.ubByte, to: work.ubByte + (work.rows - 1) * work.pitch + bytes };
}

function parameterRange(work: ActivationWork, limits: Limits) {
  if (work.parametersByte === undefined) return undefined;
  return {
    from: work.parametersByte,
    to: work.parametersByte + parameterBlockBytes(limits.columns),
  };
}

/** Accumulator rows through requantisation and a function into the Unified Buffer. */
export const activate = defineInstruction({
  mnemonic: 'activate',
  opcode: 0x40,
  pipeline: 'activation',
  title: 'Requantise accumulator rows, apply a function, write them to the Unified Buffer.',
  doc: [
    'Takes `rows` accumulator rows from `acc` on. Of each it writes the first `columns` values to the',
    'Unified Buffer byte `ub` + row·`pitch`, little-endian, and leaves all other bytes untouched.',
    'int32 writes the sums as they are, plus the bias of the parameter block if there is one,',
    'wrapping; relu then replaces negative values by 0. int8 and uint8 add the bias, scale by the',
    "rule, apply the function, add `activation.zero_point`, clamp to the registers' range and to",
    'that of the type. relu on a requantised value replaces what lies below the zero point by it.',
    'With `parameters`, biases and scales of each column come from the block of 9·C bytes at',
    '`activation.parameters`; without it the bias is 0 and the scale is `activation.multiplier`.',
    'A row takes as many cycles as it has W-byte writes; results appear `activationUnit.latency`',
    'cycles after the last of them. With `repeat`, each repetition adds `step.ub` and `step.acc`.',
  ].join('\n'),
  source:
    'Paper, section 2: nonlinear functions from accumulators to Unified Buffer. Assumption: requantisation, its rules, the parameter block and the encoding.',
  example: 'activate acc=sums, ub=y, rows=256, columns=256, pitch=256, type=int8, function=relu',
  fields: [
    { name: 'type', bits: 2, values: fieldValues(outputTypes), default: 0, doc: 'Output type.' },
    {
      name: 'rule',
      bits: 2,
      values: fieldValues(requantisationRules),
      default: 0,
      doc: 'Requantisation rule of int8 and uint8.',
    },
    {
      name: 'function',
      bits: 3,
      values: fieldValues(activationFunctions),
      default: 0,
      doc: 'Function applied to each value.',
    },
    {
      name: 'parameters',
      bits: 1,
      flag: true,
      default: 0,
      doc: 'Take biases and scales from the parameter block.',
    },
    repeatField,
    { name: 'acc', bits: 16, doc: 'First accumulator row.' },
    { name: 'rows', bits: 32, minimum: 1, doc: 'Rows to convert.' },
    { name: 'columns', bits: 16, minimum: 1, doc: 'Values to write per row, at most C.' },
    { name: 'ub', bits: 32, doc: 'Unified Buffer byte of the first result row.' },
    { name: 'pitch', bits: 32, doc: 'Bytes from one result row to the next.' },
  ],
  resolve(operands, registers, repetition): ActivationWork {
    const register = (index: number): number => registers[index]!;
    return {
      kind: 'activation',
      accRow: operands.acc + repetition * register(registerIndex.stepAcc),
      rows: operands.rows,
      ubByte: operands.ub + repetition * register(registerIndex.stepUb),
      pitch: operands.pitch,
      columns: operands.columns,
      outputType: outputTypes[operands.type]!,
      rule: requantisationRules[operands.rule]!,
      activation: activationFunctions[operands.function]!,
      zeroPoint: register(registerIndex.zeroPoint),
      clampLow: register(registerIndex.clampLow),
      clampHigh: register(registerIndex.clampHigh),
      multiplier: register(registerIndex.multiplier) >>> 0,
      parametersByte:
        operands.parameters === 1 ? register(registerIndex.parameters) >>> 0 : undefined,
    };
  },
  check(work, limits) {
    const unit = 'activation unit';
    const field = (reason: string) => ({ kind: 'field' as const, unit, reason });
    if (work.columns > limits.columns) {
      return field(`columns ${work.columns} is outside 1..${limits.columns}`);
    }
    if (work.clampLow > work.clampHigh) {
      return field(`clamp_low ${work.clampLow} is above clamp_high ${work.clampHigh}`);
    }
    const valueBytes = work.columns * outputBytes[work.outputType];
    if (work.rows > 1 && work.pitch < valueBytes) {
      return field(`pitch ${work.pitch} is less than a row of ${valueBytes} bytes`);
    }
    const results = resultRange(work);
    const parameters = parameterRange(work, limits);
    const ubBytes = limits.unifiedBufferBytes;
    const outside =
      checkRange('accumulators', work.accRow, work.accRow + work.rows, limits.accumulatorRows) ??
      checkRange('unifiedBuffer', results.from, results.to, ubBytes) ??
      (parameters && checkRange('unifiedBuffer', parameters.from, parameters.to, ubBytes));
    if (outside) return outside;
    if (parameters && overlapsInPart(results, parameters)) {
      const reason = `results ${results.from}..${results.to - 1} overlap the parameter block ${parameters.from}..${parameters.to - 1}`;
      return { kind: 'overlap', unit, reason };
    }
    return undefined;
  },
  regions(work, limits) {
    const parameters = parameterRange(work, limits);
    return [
      {
        memory: 'accumulators',
        from: work.accRow,
        to: work.accRow + work.rows,
        access: 'read',
        heldUntil: 'issued',
      },
      ...(parameters
        ? [
            {
              memory: 'unifiedBuffer',
              ...parameters,
              access: 'read',
              heldUntil: 'issued',
            } as const,
          ]
        : []),
      { memory: 'unifiedBuffer', ...resultRange(work), access: 'write', heldUntil: 'end' },
    ];
  },
  timing(work, configuration) {
    const issueCycles = work.rows * cyclesPerResultRow(work, rowBytesOf(configuration));
    return { issueCycles, totalCycles: issueCycles + configuration.activationUnit.latency };
  },
});

/** Cycles per result row, k: one accumulator read, and one write per W bytes of results. */
export function cyclesPerResultRow(work: ActivationWork, rowBytes: number): number {
  return Math.max(1, Math.ceil((work.columns * outputBytes[work.outputType]) / rowBytes));
}
