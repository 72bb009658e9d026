import type { CycleRecord } from './cycle-record.ts';
import { drawElement, drawText } from './svg.ts';
import { collectFedRows, colourOfRow, drawMoment, type Moment, momentSize } from './wave-moment.ts';
import { drawTimeline, timelineHeight } from './wave-timeline.ts';

const width = 1000;
const margin = 24;

/** Colours that suit a light and a dark page; the picture brings its own ground for both. */
const style = `
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
.title { font-size: 17px; font-weight: 600; }
.moment-title { font-size: 13px; font-weight: 600; }
.small { font-size: 11px; fill: #57606a; }
.label { font-size: 11px; fill: #ffffff; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.ground { fill: #ffffff; stroke: #d0d7de; }
.cell { fill: #e4e8ec; }
.free { fill: #c3cad1; }
.empty { fill: none; stroke: #c3cad1; }
.shift { fill: #f0883e; }
.switch { fill: none; stroke: #d1126f; stroke-width: 2; }
.track { fill: #f1f3f5; }
.dma { fill: #6e5fc7; }
.weights { fill: #b4652a; }
.feed { fill: #1a7f8e; }
.drain { fill: #5ba0a9; }
.activate { fill: #2f8f4e; }
.charge { fill: #8b949e; }
.arrayActive { fill: #1a7f8e; }
.weightStall { fill: #b4652a; }
.weightShift { fill: #f0883e; }
.rawStall, .inputDataStall { fill: #b3405e; }
.moment { stroke: #57606a; stroke-dasharray: 2 2; }
.tick { stroke: #8b949e; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.small { fill: #9da7b1; }
.ground { fill: #151a21; stroke: #30363d; }
.cell { fill: #2b323b; }
.free { fill: #4a535e; }
.empty { stroke: #4a535e; }
.switch { stroke: #ff7ab8; }
.track { fill: #20262e; }
.moment { stroke: #9da7b1; }
}
`;

/** What the picture says and which cycles it draws. */
export interface WavePicture {
  readonly title: string;
  /** About five cycles of the records, in order. */
  readonly moments: readonly Moment[];
}

/**
 * Draws a run: the array at some moments, above the timeline of the four pipelines.
 * `records` hold every cycle from 0 on, all units, and at the moments the cells. Returns SVG.
 */
export function drawWave(records: readonly CycleRecord[], { title, moments }: WavePicture): string {
  const drawn = moments.map((moment) => ({ moment, record: records[moment.cycle]! }));
  const grid = drawn[0]!.record.cells!.row;
  const fed = collectFedRows(records);
  const size = momentSize(grid.length, grid[0]!.length);
  const top = 84;
  const pitch = (width - 2 * margin + 12) / moments.length;
  const captionLines = Math.max(...moments.map(({ caption }) => caption.length));
  const captionTop = top + size.height + 16;
  const legendTop = captionTop + captionLines * 15 + 10;
  const timelineTop = legendTop + 58;
  const height = timelineTop + timelineHeight;

  const parts = [
    `<style>${style}</style>`,
    drawElement('rect', {
      x: 0.5,
      y: 0.5,
      width: width - 1,
      height: height - 1,
      rx: 8,
      class: 'ground',
    }),
    drawText(margin, 34, title, { class: 'title' }),
  ];
  drawn.forEach(({ moment, record }, i) => {
    const x = margin + i * pitch;
    const heading = `${i + 1}  cycle ${moment.cycle}`;
    parts.push(drawText(x, top - 20, heading, { class: 'moment-title' }));
    const transform = `translate(${Math.round(x)} ${top})`;
    parts.push(drawElement('g', { transform }, [drawMoment(record, fed)]));
    moment.caption.forEach((line, n) => {
      parts.push(drawText(x, captionTop + 15 * n, line, { class: 'small' }));
    });
  });
  const rows = Math.max(...[...fed.values()].map((f) => f.rows));
  parts.push(
    drawElement('g', { transform: `translate(${margin} ${legendTop})` }, drawLegend(rows)),
  );
  const timeline = drawTimeline(
    records,
    width - 2 * margin,
    moments.map(({ cycle }) => cycle),
  );
  const transform = `translate(${margin} ${timelineTop})`;
  parts.push(drawElement('g', { transform }, [timeline]));
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width };
  return `${drawElement('svg', { ...frame, height, role: 'img', 'aria-label': title }, parts)}\n`;
}

/** What the colours mean. */
function drawLegend(rows: number): string[] {
  const swatch = (x: number, attributes: Record<string, string | number>) =>
    drawElement('rect', { x, y: 0, width: 11, height: 11, rx: 2, ...attributes });
  const rowSwatches = Array.from({ length: rows }, (_, row) =>
    swatch(row * 13, { fill: colourOfRow(row, rows) }),
  );
  const after = rows * 13 + 6;
  const small = { class: 'small' };
  return [
    ...rowSwatches,
    drawText(after, 10, `rows 0 to ${rows - 1} of the activations, and their sums`, small),
    swatch(after + 290, { class: 'cell' }),
    swatch(after + 290, { class: 'switch', x: after + 291, y: 1, width: 9, height: 9 }),
    drawText(after + 307, 10, 'switches to its new weight', small),
    swatch(after + 480, { class: 'shift' }),
    drawText(after + 497, 10, 'its shadow weight moves', small),
    drawElement('circle', { cx: after + 661, cy: 5.5, r: 3.4, class: 'free' }),
    drawText(after + 671, 10, 'delay register', small),
  ];
}
