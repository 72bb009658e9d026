#!/usr/bin/env node
/**
 * Draws docs/images/convolution.svg from a real run of programs/convolution.tpu: windows over the image,
 * and what the rows of the array are fed. Run after a build. With --print it writes to stdout.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble, formatDiagnostic, prepareMachine, recordCycles } from '../dist/index.js';
import { readProgramMatrices } from '../dist/node.js';
import { drawElement, drawText } from '../dist/trace/svg.js';

const root = new URL('../', import.meta.url);
const programName = 'programs/convolution.tpu';

/** The convolution of the program. */
const { size, channels, kernel, stride, padding, outputs } = {
  ...{ size: 16, channels: 3, kernel: 3, stride: 2, padding: 1, outputs: 8 },
};
const elements = kernel * kernel * channels;
const channelNames = ['red', 'green', 'blue'];

/** Output pixels that are shown: four of one row, the first of which has padding to its left. */
const shownRow = 3;
const shown = 4;
const firstPixel = shownRow * outputs;
const colours = ['rgb(62,82,172)', 'rgb(22,126,138)', 'rgb(52,128,66)', 'rgb(164,96,20)'];

const width = 1000;
const height = 740;
const margin = 24;
const pixelPitch = 18;
const cell = { width: 36, height: 16 };

const style = `
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
.title { font-size: 17px; font-weight: 600; }
.heading { font-size: 13px; font-weight: 600; }
.small { font-size: 11px; fill: #57606a; }
.value { font-size: 11px; fill: #ffffff; text-anchor: middle; }
.pad { font-style: italic; }
.rest { font-size: 11px; text-anchor: middle; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.ground { fill: #ffffff; stroke: #d0d7de; }
.other { fill: #eef1f4; }
.outside { fill: #808080; }
.halo { fill: none; stroke: #ffffff; stroke-width: 4.5; }
.pad-mark { fill: none; stroke: #ffffff; stroke-dasharray: 2 2; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.small { fill: #9da7b1; }
.value { fill: #ffffff; }
.ground { fill: #151a21; stroke: #30363d; }
.other { fill: #20262e; }
}
`;

const giveUp = (diagnostics) => {
  console.error(diagnostics.map(formatDiagnostic).join('\n'));
  process.exit(1);
};

/** Every cycle of the run with the cells of the array, and the matrices of the program. */
function recordRun() {
  const path = fileURLToPath(new URL(programName, root));
  const { program, diagnostics } = assemble(readFileSync(path, 'utf8'), { file: programName });
  if (!program) giveUp(diagnostics);
  const read = readProgramMatrices(program, dirname(path));
  if (!read.matrices) giveUp(read.diagnostics);
  const prepared = prepareMachine(program, read.matrices);
  if (!prepared.machine) giveUp(prepared.diagnostics);
  return { records: [...recordCycles(prepared.machine, { cells: true })], matrices: read.matrices };
}

const square = (x, y, attributes) =>
  drawElement('rect', { x, y, width: pixelPitch - 1, height: pixelPitch - 1, ...attributes });

/** The image in its own colours, the padding that windows touch, and the windows. */
function drawImage(photo) {
  const place = (position) => (position + padding) * pixelPitch;
  const parts = [];
  for (let y = -padding; y < size; y++) {
    for (let x = -padding; x < size; x++) {
      if (y < 0 || x < 0) {
        parts.push(square(place(x), place(y), { class: 'outside', opacity: 0.55 }));
        continue;
      }
      const at = (y * size + x) * channels;
      const fill = `rgb(${photo.data.slice(at, at + channels).join(',')})`;
      parts.push(square(place(x), place(y), { fill }));
    }
  }
  for (let n = 0; n < shown; n++) {
    const [x, y] = [n * stride - padding, shownRow * stride - padding];
    // Neighbours share a column of pixels: each is drawn a little inside the one before it.
    const inset = 1 + 2 * n;
    const length = kernel * pixelPitch - 1;
    const frame = {
      x: place(x) + 1,
      y: place(y) + inset,
      width: length - 2,
      height: length - 2 * inset,
      rx: 2,
    };
    parts.push(drawElement('rect', { ...frame, class: 'halo' }));
    parts.push(
      drawElement('rect', { ...frame, fill: 'none', stroke: colours[n], 'stroke-width': 3 }),
    );
  }
  return parts;
}

/** What an im2col element is: its tap and channel. */
function describeElement(element) {
  if (element >= elements) return 'none: 0';
  const tap = Math.floor(element / channels);
  const [ky, kx] = [Math.floor(tap / kernel), tap % kernel];
  return `tap (${ky}, ${kx}) ${channelNames[element % channels]}`;
}

function isPadding(pixel, element) {
  const tap = Math.floor(element / channels);
  const v = Math.floor(pixel / outputs) * stride - padding + Math.floor(tap / kernel);
  const u = (pixel % outputs) * stride - padding + (tap % kernel);
  return v < 0 || u < 0 || v >= size || u >= size;
}

/** Activations in column 0 of the array while the shown pixels pass it, in one repetition. */
function drawFeed(records, start, repetition) {
  const rows = records[start].cells.row.length;
  const first = start + firstPixel;
  const labelWidth = 148;
  const parts = [];
  for (let n = 0; n < shown + rows - 1; n++) {
    const { cycle, cells } = records[first + n];
    const x = labelWidth + n * cell.width;
    parts.push(drawText(x + cell.width / 2, -4, `${cycle}`, { class: 'small middle' }));
    for (let r = 0; r < rows; r++) {
      const y = r * cell.height;
      const pixel = cells.row[r][0];
      const box = { x, y, width: cell.width - 1, height: cell.height - 1, rx: 2 };
      const at = pixel - firstPixel;
      if (at < 0 || at >= shown) {
        parts.push(drawElement('rect', { ...box, class: 'other' }));
        continue;
      }
      const element = repetition * rows + r;
      const value = `${cells.activation[r][0]}`;
      const centre = [x + cell.width / 2 - 0.5, y + 11.5];
      if (element >= elements) {
        const frame = {
          ...box,
          x: x + 0.5,
          y: y + 0.5,
          width: cell.width - 2,
          height: cell.height - 2,
        };
        parts.push(drawElement('rect', { ...frame, fill: 'none', stroke: colours[at] }));
        parts.push(drawText(...centre, value, { class: 'rest' }));
        continue;
      }
      parts.push(drawElement('rect', { ...box, fill: colours[at] }));
      const pads = isPadding(pixel, element);
      if (pads) {
        const inner = { x: x + 2, y: y + 2, width: cell.width - 5, height: cell.height - 5 };
        parts.push(drawElement('rect', { ...inner, class: 'pad-mark' }));
      }
      parts.push(drawText(...centre, value, { class: pads ? 'value pad' : 'value' }));
    }
  }
  for (let r = 0; r < rows; r++) {
    const element = repetition * rows + r;
    const y = r * cell.height + 11.5;
    parts.push(drawText(0, y, `r${r}`, { class: 'small' }));
    parts.push(drawText(24, y, `e ${element}`, { class: 'small' }));
    parts.push(drawText(58, y, describeElement(element), { class: 'small' }));
  }
  return parts;
}

function draw() {
  const { records, matrices } = recordRun();
  const starts = records.flatMap(({ cycle, events }) =>
    events.some((e) => e.event === 'start' && e.mnemonic === 'convolve') ? [cycle] : [],
  );
  const title = 'Windows over an image, and the rows of the array that they feed';
  const group = (x, y, parts) => drawElement('g', { transform: `translate(${x} ${y})` }, parts);
  const small = { class: 'small' };
  const parts = [
    `<style>${style}</style>`,
    drawElement('rect', {
      ...{ x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8, class: 'ground' },
    }),
    drawText(margin, 34, title, { class: 'title' }),
    drawText(margin, 70, 'The image: 16×16 pixels of 3 bytes', {
      class: 'heading',
    }),
    group(margin, 84, drawImage(matrices.get('photo'))),
  ];
  const legendTop = 84 + (size + padding) * pixelPitch + 24;
  const lines = [
    'Windows of 3×3 for four output pixels of row 3. They are two',
    'pixels apart, so neighbours share a column. Grey is padding:',
    'no pixel is there, and the byte 128 is taken.',
    '',
    'A window is 27 elements, tap by tap, red, green and blue:',
    'e = (ky·3 + kx)·3 + channel. The array has 8 rows, so an',
    'output pixel passes four times, each time with the next tile',
    'of weights.',
    '',
    'To the right: what column 0 of the array multiplies in each',
    'cycle. Row r gets its element r cycles after row 0 (the skew),',
    'so that one output pixel is a diagonal.',
  ];
  lines.forEach((line, n) => {
    parts.push(drawText(margin, legendTop + 16 * n, line, small));
  });
  parts.push(group(margin, legendTop + 16 * lines.length + 4, drawLegend()));
  starts.forEach((start, repetition) => {
    const top = 70 + repetition * 167;
    const last = Math.min(8 * repetition + 7, elements - 1);
    const heading = `tile ${repetition}: elements ${8 * repetition} to ${last}`;
    parts.push(drawText(430, top, heading, { class: 'heading' }));
    parts.push(drawText(430 + 148 - 6, top + 18, 'cycle', { class: 'small end' }));
    parts.push(group(430, top + 22, drawFeed(records, start, repetition)));
  });
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width };
  return `${drawElement('svg', { ...frame, height, role: 'img', 'aria-label': title }, parts)}\n`;
}

/** What the boxes mean. */
function drawLegend() {
  const parts = [];
  const box = { width: cell.width - 1, height: cell.height - 1, rx: 2 };
  for (let n = 0; n < shown; n++) {
    const y = n * 20;
    parts.push(drawElement('rect', { ...box, x: 0, y, fill: colours[n] }));
    parts.push(drawText(46, y + 12, `output pixel (${shownRow}, ${n})`, { class: 'small' }));
  }
  const inner = { x: 192, y: 2, width: cell.width - 5, height: cell.height - 5 };
  parts.push(drawElement('rect', { ...box, x: 190, y: 0, fill: colours[0] }));
  parts.push(drawElement('rect', { ...inner, class: 'pad-mark' }));
  parts.push(drawText(236, 12, 'padding', { class: 'small' }));
  const frame = { x: 190.5, y: 20.5, width: cell.width - 2, height: cell.height - 2, rx: 2 };
  parts.push(drawElement('rect', { ...frame, fill: 'none', stroke: colours[0] }));
  parts.push(drawText(236, 32, 'behind the last element', { class: 'small' }));
  parts.push(drawElement('rect', { ...box, x: 190, y: 40, class: 'other' }));
  parts.push(drawText(236, 52, 'other output pixels', { class: 'small' }));
  return parts;
}

const svg = draw();
if (process.argv.includes('--print')) process.stdout.write(svg);
else writeFileSync(new URL('docs/images/convolution.svg', root), svg);
