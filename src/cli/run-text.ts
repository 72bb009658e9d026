import {
  formatInstruction,
  type PresetName,
  parameters,
  presets,
  type RunStatistics,
  readOutputs,
  type Simulation,
} from '../index.ts';
import { type BusyCycles, busyParts, judgeBusy } from './busy.ts';
import { formatCount, formatDuration, formatPercent } from './format.ts';
import { formatCorner, printedCorner } from './matrix-text.ts';
import type { Output } from './output.ts';
import { alignTable, type Column } from './table.ts';

/** The rows of the paper's table 3, with the reasons of its sixth, and what each says. */
const counterRows: readonly (readonly [key: string, name: string, doc: string])[] = [
  ['arrayActive', 'array active', 'a row of activations was fed'],
  ['weightStall', 'weight stall', 'waiting for a tile to arrive'],
  ['weightShift', 'weight shift', 'waiting for a tile to shift in'],
  ['nonMatrix', 'non-matrix', 'everything else, of which'],
  ['rawStall', '  RAW stall', 'results of the array or activation'],
  ['inputDataStall', '  input data stall', 'data from the host'],
  ['drain', '  drain', 'no matrix instruction is left'],
  ['dispatch', '  dispatch', 'an instruction was dispatched'],
  ['idle', '  idle', 'none of these'],
];

const drainNames: Readonly<Record<string, string>> = {
  matrix: '    for the array',
  activation: '    for activation',
  dma: '    for the host link',
  weights: '    for weights',
  sequencer: '    for the sequencer',
};

const busNames: Readonly<Record<string, string>> = {
  hostToUnifiedBuffer: 'host to Unified Buffer',
  unifiedBufferToHost: 'Unified Buffer to host',
  weightMemoryToFifo: 'Weight Memory to Weight FIFO',
  fifoToMxu: 'Weight FIFO to array',
  unifiedBufferToMxu: 'Unified Buffer to array',
  mxuToAccumulators: 'array to Accumulators',
  accumulatorsToActivationUnit: 'Accumulators to Activation Unit',
  unifiedBufferToActivationUnit: 'Unified Buffer to Activation Unit',
  activationUnitToUnifiedBuffer: 'Activation Unit to Unified Buffer',
};

/** Slots of the Weight FIFO up to which every occupancy is printed. */
const fifoRowsLimit = 16;

/** The report of a run for people, at most 80 characters wide. */
export function formatRun(
  simulation: Simulation,
  report: RunStatistics,
  busy: BusyCycles,
  output: Output,
): string {
  const { paint, stdout } = output;
  const right: Column = { align: 'right' };
  const doc: Column = { paint: paint.dim };
  const section = (title: Row4, rows: readonly Row4[], last: Column = doc): string => {
    const lines = alignTable([title, ...rows], [{}, right, right, last]);
    return [paint.bold(lines[0]!), ...lines.slice(1)].join('\n');
  };
  const sections = [
    `${paint.bold(simulation.program.name)} on ${describeMachine(simulation)}`,
    ...(report.status === 'finished' ? [] : [paint.bold(describeStop(report))]),
    alignTable(headlines(simulation, report), [{}, right, doc]).join('\n'),
    paint.bold(judgeBusy(busy, report.cycles)),
    section(['Where the cycles went', 'cycles', 'share', ''], cycleRows(report)),
    section(['How busy each part was', 'cycles', 'share', ''], busyRows(busy, report)),
    section(['Bytes moved', 'bytes', '', ''], busRows(report)),
    section(['Tiles in the Weight FIFO', 'cycles', 'share', ''], fifoRows(report)),
    section(
      ['Instructions', 'count', 'busy cycles', 'cycles each'],
      instructionRows(report),
      right,
    ),
    ...formatOutputs(simulation, stdout.columns, paint.bold),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What is printed of a run that did not come to its end, where the numbers are. */
function describeStop({ status, cycles }: RunStatistics): string {
  const why = status === 'limit' ? 'the limit of --max-cycles' : 'interrupted';
  return `NOT FINISHED (${why}): numbers and outputs are those after ${formatCount(cycles)} cycles.`;
}

type Row4 = readonly [string, string, string, string];

function describeMachine({ program, machine }: Simulation): string {
  const { preset } = program.machine;
  const { mxu } = machine.configuration;
  const base = presets[preset as PresetName];
  const changed = parameters.filter((p) => p.get(machine.configuration) !== p.get(base));
  const changes = changed.length === 0 ? '' : `, ${changed.length} keys changed`;
  const singular = changes.replace(/^, 1 keys/, ', 1 key');
  return `${preset} (${mxu.rows}×${mxu.columns} cells${singular})`;
}

function headlines({ machine }: Simulation, report: RunStatistics): string[][] {
  const { unifiedBuffer, clockHz } = machine.configuration;
  const { macs, cellCycles, cycles } = report;
  const clock = parameters.find((p) => p.key === 'clockHz')!;
  const peak =
    (2 * clockHz * machine.configuration.mxu.rows * machine.configuration.mxu.columns) / 1e12;
  const share = formatPercent(report.teraOpsPerSecond, peak);
  const { rows, columns } = machine.configuration.mxu;
  const ofCells = (busy: number): string =>
    `${formatPercent(busy, rows * columns * cycles)} of the time of all cells`;
  const used = report.unifiedBufferHighWater;
  return [
    ['cycles', formatCount(cycles), `at ${report.configuration[clock.key]}`],
    ['time', formatDuration(report.seconds), ''],
    ['speed', `${formatTeraOps(report.teraOpsPerSecond)} TeraOps/s`, `${share} of the peak`],
    ['MACs, useful', formatCount(macs.useful), `real weights: ${ofCells(cellCycles.useful)}`],
    ['MACs, unused', formatCount(macs.unused), `padding: ${ofCells(cellCycles.unused)}`],
    [
      'Unified Buffer',
      formatCount(used),
      `highest byte used, of ${formatCount(unifiedBuffer.bytes)}`,
    ],
    ['CPI', report.cpi.toFixed(1), 'cycles per instruction'],
  ];
}

function formatTeraOps(value: number): string {
  return value === 0 || value >= 0.001 ? value.toFixed(3) : value.toExponential(2);
}

function cycleRows({ counters, drainBy, cycles }: RunStatistics): Row4[] {
  const rows = counterRows.flatMap(([key, name, doc]): Row4[] => {
    const value = counters[key]!;
    const row: Row4 = [name, formatCount(value), formatPercent(value, cycles), doc];
    if (key !== 'drain') return [row];
    const parts = Object.entries(drainBy).map(([by, part]): Row4 => {
      return [drainNames[by]!, formatCount(part), formatPercent(part, cycles), ''];
    });
    return [row, ...parts];
  });
  return [...rows, ['total', formatCount(cycles), formatPercent(cycles, cycles), '']];
}

function busyRows(busy: BusyCycles, { cycles }: RunStatistics): Row4[] {
  return busyParts.map(({ key, name, doc }) => {
    return [name, formatCount(busy[key]), formatPercent(busy[key], cycles), doc];
  });
}

function busRows({ bytes }: RunStatistics): Row4[] {
  return Object.entries(bytes).map(([bus, count]) => [busNames[bus]!, formatCount(count), '', '']);
}

function fifoRows({ fifoOccupancy, cycles }: RunStatistics): Row4[] {
  const brief = fifoOccupancy.length > fifoRowsLimit;
  return fifoOccupancy.flatMap((count, tiles): Row4[] => {
    if (brief && count === 0) return [];
    return [[String(tiles), formatCount(count), formatPercent(count, cycles), '']];
  });
}

function instructionRows({ instructionCounts }: RunStatistics): Row4[] {
  return Object.entries(instructionCounts).map(([mnemonic, { count, busyCycles }]) => {
    const each = count === 0 ? 0 : busyCycles / count;
    return [mnemonic, formatCount(count), formatCount(busyCycles), each.toFixed(1)];
  });
}

function formatOutputs(
  simulation: Simulation,
  width: number,
  paint: (text: string) => string,
): string[] {
  const { matrices } = simulation.program;
  return [...readOutputs(simulation, printedCorner)].map(([name, corner]) => {
    const matrix = matrices.find((declaration) => declaration.name === name)!;
    const title = paint(`${name}: ${matrix.type}[${matrix.rows}, ${matrix.columns}]`);
    return [title, ...formatCorner(corner, matrix, width)].join('\n');
  });
}

/** A line for each instruction that was dispatched, for `--instructions`. */
export function formatInstructions(simulation: Simulation, report: RunStatistics): string {
  const { instructions } = simulation.program;
  const rows = (report.instructions ?? []).map((record) => {
    const { index, repetition, dispatch, start, end, waitCycles, waitCause } = record;
    const place = repetition === 0 ? String(index) : `${index}.${repetition}`;
    const cycle = (value: number | null): string => (value === null ? '-' : formatCount(value));
    const waits = waitCycles === 0 ? ['', ''] : [formatCount(waitCycles), waitCause];
    const text = formatInstruction(instructions[index]!);
    return [place, formatCount(dispatch), cycle(start), cycle(end), ...waits, text];
  });
  const title = ['#', 'dispatch', 'start', 'end', 'waited', 'for', 'instruction'];
  const right: Column = { align: 'right' };
  return `${alignTable([title, ...rows], [right, right, right, right, right, {}, {}]).join('\n')}\n`;
}
