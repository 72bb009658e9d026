import type { Charge, CycleRecord } from './cycle-record.ts';
import { drawElement, drawText } from './svg.ts';

/** What a pipeline does in [from, to). */
interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly label: string;
}

/** One line of the timeline. */
interface Track {
  readonly name: string;
  readonly bars: readonly Bar[];
}

const trackPitch = 28;
const barHeight = 18;
/** Room for the names of the tracks. */
const nameWidth = 96;

const chargeLabels: Record<Charge, string> = {
  arrayActive: 'array active',
  weightStall: 'weight stall',
  weightShift: 'weight shift',
  rawStall: 'RAW stall',
  inputDataStall: 'input data stall',
  drain: 'drain',
  dispatch: 'dispatch',
  idle: 'idle',
};

/** Height of the timeline, axis included. */
export const timelineHeight = 5 * trackPitch + 34;

/**
 * Draws the four pipelines and what each cycle was charged to, over all cycles of the records, which
 * begin at cycle 0. `moments` are marked with their numbers.
 */
export function drawTimeline(
  records: readonly CycleRecord[],
  width: number,
  moments: readonly number[],
): string {
  const cycles = records.length;
  const scale = (width - nameWidth) / cycles;
  const xOf = (cycle: number): number => nameWidth + cycle * scale;
  const tracks = [
    { name: 'host DMA', bars: collectBars(records, labelTransfer) },
    { name: 'weight fetch', bars: collectBars(records, labelWeights) },
    { name: 'matrix', bars: collectBars(records, labelMatrix) },
    { name: 'activation', bars: collectBars(records, labelActivate) },
    { name: 'charged to', bars: collectBars(records, labelCharge) },
  ];
  const bottom = tracks.length * trackPitch;
  const parts = tracks.map((_, i) => drawGround(i * trackPitch, width));
  // Behind the bars, so that they do not cross out what is written in them.
  moments.forEach((cycle, i) => {
    const x = xOf(cycle + 0.5);
    parts.push(drawElement('line', { x1: x, x2: x, y1: -8, y2: bottom - 4, class: 'moment' }));
    parts.push(drawText(x, -12, `${i + 1}`, { class: 'small middle' }));
  });
  parts.push(...tracks.map((track, i) => drawTrack(track, i * trackPitch, xOf)));
  parts.push(drawAxis(cycles, bottom, xOf));
  return drawElement('g', {}, parts);
}

type Label = (record: CycleRecord) => { kind: string; label: string } | undefined;

/** Joins cycles of one label to bars. */
function collectBars(records: readonly CycleRecord[], labelOf: Label): Bar[] {
  const bars: Bar[] = [];
  for (const record of records) {
    const now = labelOf(record);
    const last = bars.at(-1);
    if (!now) continue;
    const continues =
      last?.to === record.cycle && last.kind === now.kind && last.label === now.label;
    if (continues) bars[bars.length - 1] = { ...last, to: record.cycle + 1 };
    else bars.push({ from: record.cycle, to: record.cycle + 1, ...now });
  }
  return bars;
}

const labelTransfer: Label = ({ units }) => {
  const { instruction = -1, toHost } = units['host-interface'] ?? {};
  if (instruction < 0) return undefined;
  const verb = toHost === 1 ? 'write' : 'read';
  return { kind: 'dma', label: `#${instruction} ${verb}_host_memory` };
};

const labelWeights: Label = ({ units }) => {
  const { transfer = -1, shift = -1 } = units['weight-fifo'] ?? {};
  if (transfer >= 0) return { kind: 'weights', label: `tile ${transfer} loads` };
  return shift >= 0 ? { kind: 'shift', label: 'shifts' } : undefined;
};

const labelMatrix: Label = ({ units }) => {
  const feeding = units.mxu?.instruction ?? -1;
  if (feeding >= 0) return { kind: 'feed', label: `#${feeding}` };
  const draining = units.sequencer?.['matrix.instruction'] ?? -1;
  return draining >= 0 ? { kind: 'drain', label: 'drains' } : undefined;
};

const labelActivate: Label = ({ units }) => {
  const instruction = units['activation-unit']?.instruction ?? -1;
  return instruction < 0 ? undefined : { kind: 'activate', label: `#${instruction} activate` };
};

const labelCharge: Label = ({ charged }) => ({
  kind: `charge ${charged}`,
  label: chargeLabels[charged],
});

function drawGround(y: number, width: number): string {
  const base = { x: nameWidth, y, width: width - nameWidth, height: barHeight, rx: 3 };
  return drawElement('rect', { ...base, class: 'track' });
}

function drawTrack({ name, bars }: Track, y: number, xOf: (cycle: number) => number): string {
  const parts = [drawText(nameWidth - 10, y + 13, name, { class: 'end' })];
  for (const { from, to, kind, label } of bars) {
    const [x, end] = [xOf(from), xOf(to)];
    const bar = { x, y, width: end - x, height: barHeight, rx: 2, class: kind };
    parts.push(drawElement('rect', bar));
    // About the width of a letter in the font that is smallest where it is missing.
    const fits = label.length * 6.2 + 6 <= end - x;
    if (fits) parts.push(drawText((x + end) / 2, y + 13, label, { class: 'label middle' }));
  }
  return drawElement('g', {}, parts);
}

/** Ticks at round numbers, and at the end. */
function drawAxis(cycles: number, y: number, xOf: (cycle: number) => number): string {
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((s) => cycles / s <= 16) ?? 5000;
  const ticks = Array.from({ length: Math.floor(cycles / step) + 1 }, (_, i) => i * step);
  if (cycles - ticks.at(-1)! < step / 2) ticks.pop();
  ticks.push(cycles);
  const parts = ticks.flatMap((cycle) => [
    drawElement('line', { x1: xOf(cycle), x2: xOf(cycle), y1: y - 4, y2: y, class: 'tick' }),
    drawText(xOf(cycle), y + 13, `${cycle}`, { class: 'small middle' }),
  ]);
  parts.push(drawText(xOf(0) - 10, y + 13, 'cycle', { class: 'small end' }));
  return drawElement('g', {}, parts);
}
