import { type FaultKind, faultKinds } from '../../src/errors/machine-fault.ts';
import { activationFunctions, requantisationRules } from '../../src/isa/enumerations.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { type MatrixWork, passesPerRow, type Work } from '../../src/isa/work.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { axesOf, coverAxis } from '../../src/numerics/image-window.ts';
import { type Operation, waitCauseOf, waitCauses } from '../../src/sequencer/operation.ts';

/** How often the random programs met what they must meet. */
export class Coverage {
  private readonly counts = new Map<string, number>();

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** Notes every instruction, flag, named value, wait cause and counter of a run. */
  note(machine: Machine): void {
    for (const operation of machine.operations) {
      const { definition, operands } = machine.instructions[operation.instructionIndex]!;
      this.count(`instruction ${definition.mnemonic}`);
      this.count(`wait ${waitCauseOf(operation)}`);
      for (const field of definition.fields) {
        const value = operands[field.name];
        if (field.flag && value === 1) this.count(`flag ${definition.mnemonic}.${field.name}`);
        const named = value === undefined ? undefined : field.values?.[value];
        if (named) this.count(`value ${definition.mnemonic}.${field.name}=${named}`);
      }
      for (const form of formsOf(operation.work, machine)) this.count(form);
      if (operation.repetition > 0) this.noteStep(machine, operation);
    }
    this.noteTiles(machine);
    this.noteCounters(machine);
  }

  /** Repetitions whose K offset or operands moved. */
  private noteStep({ operations }: Machine, { work, sequence }: Operation): void {
    const before = operations[sequence - 1]!.work;
    if (work.kind === 'matrix' && before.kind === 'matrix' && work.convolution) {
      const moved = work.convolution.kOffset !== before.convolution?.kOffset;
      if (moved) this.count('step of the K offset');
    }
    if (work.kind === 'vector' && before.kind === 'vector') {
      if (work.a.ubByte !== before.a.ubByte) this.count('step of operand a');
      if (work.b?.ubByte !== before.b?.ubByte) this.count('step of operand b');
    }
    if (work.kind === 'pool' && before.kind === 'pool') {
      const moved = work.sourceAddress !== before.sourceAddress;
      if (moved) this.count(`step of the source of pool, ${work.source}`);
    }
  }

  /** How many tiles rows inside the array meet at a time, and wide tiles in the shortest FIFO. */
  private noteTiles({ operations, configuration }: Machine): void {
    const { rows, columns } = configuration.mxu;
    const switches = operations.filter(
      ({ work, startCycle }) => work.kind === 'matrix' && work.switchWeights && startCycle >= 0,
    );
    const isTogether = (i: number, back: number): boolean => {
      const earlier = switches[i - back];
      return earlier !== undefined && switches[i]!.startCycle - earlier.startCycle < rows + columns;
    };
    for (const [i, { work }] of switches.entries()) {
      if (isTogether(i, 1)) this.count('a front between two tiles');
      if (isTogether(i, 2)) this.count('fronts between three tiles');
      const isWide = work.kind === 'matrix' && work.weights.bytes === 2;
      if (isWide && configuration.weightFifo.tiles === 1) this.count('wide tile, FIFO of one slot');
      if (isWide && isTogether(i, 1)) this.count('a front to a wide tile');
    }
  }

  private noteCounters({ counters }: Machine): void {
    const { cycles, drainBy, buses, macs, cellCycles } = counters;
    for (const [group, values] of Object.entries({ cycles, drainBy, buses, macs, cellCycles })) {
      for (const [name, value] of Object.entries(values)) {
        if (value > 0) this.count(`counter ${group}.${name}`);
      }
    }
  }

  /** Names that were met fewer than `least` times, of those in `wanted`. */
  missing(wanted: readonly string[], least: number): string[] {
    return wanted
      .filter((name) => (this.counts.get(name) ?? 0) < least)
      .map((name) => `${name}: ${this.counts.get(name) ?? 0}`);
  }

  toString(): string {
    return [...this.counts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)
      .join('\n');
  }
}

/** What is special about the work of an instruction. */
function formsOf(work: Work, machine: Machine): string[] {
  switch (work.kind) {
    case 'matrix':
      return formsOfMatrix(work, machine.configuration.mxu.rows);
    case 'activation':
      return [
        `activate ${work.outputType} ${work.activation}`,
        `activate ${work.outputType} rule ${work.rule}`,
        `activate ${work.activation} rule ${work.rule}`,
      ];
    case 'pool': {
      const { vertical, horizontal } = axesOf(work.window, work.outputRows, work.outputColumns);
      const taps = work.rows * work.window.windowHeight * work.window.windowWidth;
      const inside = coverAxis(vertical).taps * coverAxis(horizontal).taps;
      const form = `pool ${work.operation} ${work.rounding} ${work.source}`;
      return inside < taps ? [form, 'pool partly in padding'] : [form];
    }
    case 'vector': {
      const { a, b, ubByte, operation, rule, outputType } = work;
      const forms = [`vector ${operation} ${rule}`, `vector ${operation} gives ${outputType}`];
      if (a.ubByte === ubByte) forms.push('vector in place of a');
      if (b?.ubByte === ubByte) forms.push('vector in place of b');
      if (a.pitch === 0 && work.rows > 1) forms.push('vector with one row a for all');
      if (b?.pitch === 0 && work.rows > 1) forms.push('vector with one row b for all');
      return forms;
    }
    default:
      return [];
  }
}

function formsOfMatrix(work: MatrixWork, arrayRows: number): string[] {
  const forms = [`${passesPerRow(work)} passes`];
  if (work.rows > 2 * arrayRows) forms.push('rows more than 2R');
  const { convolution } = work;
  if (!convolution) return forms;
  forms.push(`convolve of ${passesPerRow(work)} passes`);
  const { window, channels, kOffset, outputColumns } = convolution;
  const { vertical, horizontal } = axesOf(window, work.rows / outputColumns, outputColumns);
  const taps = window.windowHeight * window.windowWidth;
  const covered = coverAxis(vertical).taps * coverAxis(horizontal).taps;
  if (covered === 0) forms.push('convolve wholly in padding');
  else if (covered < work.rows * taps) forms.push('convolve partly in padding');
  if (kOffset > 0) forms.push('convolve with a K offset');
  if (kOffset + arrayRows > taps * channels) forms.push('convolve beyond the last element');
  if (kOffset + arrayRows < taps * channels) forms.push('convolve of a part of the elements');
  if (window.originY < 0 || window.originX < 0) forms.push('convolve with a negative origin');
  if (Math.max(window.strideY, window.strideX) > 1) forms.push('convolve with a stride');
  if (Math.max(window.dilationY, window.dilationX) > 1) forms.push('convolve with a dilation');
  return forms;
}

/** Values that no legal program has: pool and vector know no int32, except where it has no meaning. */
const illegalValues = [
  'value pool.type=int32',
  'value vector.a_type=int32',
  'value vector.type=int32',
];

const typesOfOperation = {
  add: ['int8', 'uint8', 'int16'],
  multiply: ['int8', 'uint8', 'int16'],
  saturating_add: ['int16'],
  sigmoid: ['int16'],
  tanh: ['int16'],
  table: ['int8', 'uint8'],
};

const rulesOfOperation = {
  add: ['d', 'xnnpack', 'onnx'],
  multiply: ['f', 'd', 's', 'onnx'],
};

const functionsOfType = {
  int32: ['none', 'relu'],
  int8: ['none', 'relu', 'relu6', 'sigmoid', 'tanh', 'table'],
  uint8: ['none', 'relu', 'relu6', 'sigmoid', 'tanh', 'table'],
  int16: ['none', 'relu', 'relu6'],
};

/** Counters that every set of programs must move. */
const wantedCounters = {
  cycles: [
    ...['arrayActive', 'weightStall', 'weightShift', 'nonMatrix', 'rawStall', 'inputDataStall'],
    ...['drain', 'dispatch', 'idle'],
  ],
  drainBy: ['matrix', 'activation', 'dma', 'weights', 'sequencer'],
  buses: [
    ...['hostToUnifiedBuffer', 'unifiedBufferToHost', 'weightMemoryToFifo', 'fifoToMxu'],
    ...['unifiedBufferToMxu', 'mxuToAccumulators', 'accumulatorsToActivationUnit'],
    ...['unifiedBufferToActivationUnit', 'activationUnitToUnifiedBuffer'],
  ],
  macs: ['useful', 'unused'],
  cellCycles: ['useful', 'unused'],
};

/** What the legal programs must meet. */
export function wantedOfPrograms(): string[] {
  const fields = instructionSet.flatMap(({ mnemonic, fields }) =>
    fields.flatMap(({ name, flag, values = [] }) => [
      ...(flag ? [`flag ${mnemonic}.${name}`] : []),
      ...values.map((value) => `value ${mnemonic}.${name}=${value}`),
    ]),
  );
  return [
    ...instructionSet.map(({ mnemonic }) => `instruction ${mnemonic}`),
    ...fields.filter((name) => !illegalValues.includes(name)),
    ...waitCauses.map((cause) => `wait ${cause}`),
    ...Object.entries(wantedCounters).flatMap(([group, names]) =>
      names.map((name) => `counter ${group}.${name}`),
    ),
    ...Object.entries(functionsOfType).flatMap(([type, names]) => [
      ...names.map((name) => `activate ${type} ${name}`),
      ...requantisationRules.map((rule) => `activate ${type} rule ${rule}`),
    ]),
    ...activationFunctions.flatMap((name) =>
      requantisationRules.map((rule) => `activate ${name} rule ${rule}`),
    ),
    ...['max', 'average'].flatMap((operation) =>
      ['away', 'even'].flatMap((rounding) =>
        ['unified_buffer', 'accumulators'].map((from) => `pool ${operation} ${rounding} ${from}`),
      ),
    ),
    ...Object.entries(typesOfOperation).flatMap(([operation, types]) =>
      types.map((type) => `vector ${operation} gives ${type}`),
    ),
    ...Object.entries(rulesOfOperation).flatMap(([operation, rules]) =>
      rules.map((rule) => `vector ${operation} ${rule}`),
    ),
    ...[1, 2, 4].flatMap((count) => [`${count} passes`, `convolve of ${count} passes`]),
    'rows more than 2R',
    ...['a front between two tiles', 'fronts between three tiles', 'a front to a wide tile'],
    'wide tile, FIFO of one slot',
    ...['convolve wholly in padding', 'convolve partly in padding', 'convolve with a K offset'],
    ...['convolve beyond the last element', 'convolve of a part of the elements'],
    ...['convolve with a negative origin', 'convolve with a stride', 'convolve with a dilation'],
    'pool partly in padding',
    ...['vector in place of a', 'vector in place of b'],
    ...['vector with one row a for all', 'vector with one row b for all'],
    ...['step of the K offset', 'step of operand a', 'step of operand b'],
    ...['unified_buffer', 'accumulators'].map((from) => `step of the source of pool, ${from}`),
  ];
}

/** What the wild programs must meet: every kind of fault but the one that is a bug of ours. */
export function wantedOfWildPrograms(): string[] {
  const kinds = Object.keys(faultKinds) as FaultKind[];
  return kinds.filter((kind) => kind !== 'deadlock').map((kind) => `fault ${kind}`);
}
