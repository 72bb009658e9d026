import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import {
  completeOperands,
  type Field,
  fieldMaximum,
  type InstructionDefinition,
  type Operands,
} from '../../src/isa/definition.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { engineNames } from '../../src/mxu/build-array.ts';
import { checkDiagnostics, runBriefly } from './answers.ts';
import type { Draw } from './draw.ts';
import { fuzz } from './fuzzing.ts';
import { mutateText } from './mutate-text.ts';
import { exampleTexts, programTexts } from './program-texts.ts';

const maxCycles = 3000;
/** Machines above this hold too much memory to be built thousands of times. */
const smallBytes = 2 ** 20;

const usable = instructionSet.filter((d) => d.mnemonic !== 'halt');
/** Weighted so that data flows: all four pipelines, and what they need. */
const mnemonics = [
  ...usable.map((d) => d.mnemonic),
  ...['read_host_memory', 'read_weights', 'read_weights', 'read_weights'],
  ...['matrix_multiply', 'matrix_multiply', 'activate', 'activate', 'set_config', 'set_config'],
  ...['convolve', 'pool', 'vector', 'set_config', 'set_config'],
];

interface Sizes {
  readonly rows: number;
  readonly columns: number;
  readonly rowBytes: number;
  readonly ubBytes: number;
  readonly hostBytes: number;
  readonly accRows: number;
  readonly tiles: number;
}

function makeMachine(draw: Draw): { text: string; sizes: Sizes } {
  const [rows, columns] = [draw.between(1, 12), draw.between(1, 12)];
  const rowBytes = Math.ceil(Math.max(rows, columns) / 8) * 8;
  const ubBytes = rowBytes * draw.between(1, 200);
  const hostBytes = draw.between(1, 20_000);
  const accRows = draw.between(1, 64);
  const tiles = draw.between(1, 9);
  const bandwidth = () => draw.pick(['unlimited', '1', '1e6', '1GB/s', '1e15']);
  const settings = [
    `mxu.rows=${rows}`,
    `mxu.columns=${columns}`,
    `unifiedBuffer.bytes=${ubBytes}`,
    `hostMemory.bytes=${hostBytes}`,
    `accumulators.rows=${accRows}`,
    `weightMemory.bytes=${rows * columns * tiles}`,
    `weightMemory.bandwidth="${bandwidth()}"`,
    `hostInterface.bandwidth="${bandwidth()}"`,
    `weightFifo.tiles=${draw.between(1, 5)}`,
    `activationUnit.latency=${draw.pick([0, 1, 4, 16, 300])}`,
    `hostInterface.responseCycles=${draw.pick([0, 0, 5, 2 ** 31])}`,
  ];
  const sizes = { rows, columns, rowBytes, ubBytes, hostBytes, accRows, tiles };
  return { text: `.machine tpu-tiny, ${settings.join(', ')}\n`, sizes };
}

/** A value that is likely to be legal, by the name of the operand. */
function likely(draw: Draw, mnemonic: string, name: string, sizes: Sizes): number {
  const { rows, columns, rowBytes, ubBytes, hostBytes, accRows, tiles } = sizes;
  if (mnemonic === 'read_weights' && name === 'rows') return draw.between(0, rows);
  const hasPixels = mnemonic === 'convolve' || mnemonic === 'pool';
  if (hasPixels && (name === 'rows' || name === 'columns')) return draw.between(1, 3);
  const rowsOfUb = Math.max(1, ubBytes / rowBytes);
  const known: Readonly<Record<string, () => number>> = {
    ub: () => (draw.once(12) ? 8 : rowBytes) * (draw.once(2) ? 0 : draw.below(rowsOfUb)),
    host: () => draw.below(hostBytes),
    acc: () => (draw.once(2) ? 0 : draw.below(accRows)),
    source: () => draw.below(draw.pick([8, accRows, ubBytes])),
    a: () => draw.below(ubBytes),
    b: () => draw.below(ubBytes),
    tile: () => draw.below(tiles),
    wide: () => draw.below(2),
    parameters: () => draw.below(2),
    rows: () => draw.between(1, draw.pick([4, accRows])),
    columns: () => draw.between(1, columns),
    channels: () => draw.between(1, columns),
    pitch: () => columns * 4 + draw.below(9),
    a_pitch: () => draw.below(3 * columns),
    b_pitch: () => draw.below(3 * columns),
    bytes: () => draw.between(1, Math.min(hostBytes, ubBytes)),
    row_bytes: () => draw.between(1, 9),
    host_pitch: () => draw.below(20),
    ub_pitch: () => draw.below(20),
    useful: () => draw.between(0, rows * columns),
    repeat: () => draw.pick([1, 2, 3, 17, 255]),
  };
  return known[name]?.() ?? draw.below(4);
}

/** A value of a register that leaves most instructions legal. */
function likelySetting(draw: Draw, register: string, { rowBytes, ubBytes }: Sizes): number {
  if (/^step/.test(register)) return draw.pick([0, rowBytes, -rowBytes, 1, -1, 2]);
  if (/table|parameters/.test(register)) return draw.below(ubBytes);
  if (/clamp_low/.test(register)) return -draw.below(200);
  if (/clamp_high|six/.test(register)) return draw.below(200);
  if (/multiplier/.test(register)) return draw.pick([2 ** 30, 0x3f000000, 2 ** 21, -(2 ** 30), 0]);
  if (/origin|pad|zero_point/.test(register)) return draw.between(-3, 3);
  if (/shift/.test(register)) return draw.between(-35, 35);
  if (/image/.test(register)) return draw.between(3, 8);
  if (/window/.test(register)) return draw.between(1, 3);
  return draw.below(9);
}

/** Operands of which the default is seldom legal. */
const wanted: Readonly<Record<string, string>> = { vector: 'rule', pool: 'from', activate: 'type' };

/** Whether an operand is given. */
function isDrawn(draw: Draw, mnemonic: string, { name, default: value, derived }: Field): boolean {
  if (wanted[mnemonic] === name && !draw.once(4)) return true;
  if (derived) return draw.once(2);
  return value === undefined || draw.once(3);
}

function drawOperand(draw: Draw, mnemonic: string, field: Field, sizes: Sizes): number {
  const { scale = 1, minimum = 0, values } = field;
  if (values) {
    const isVector = mnemonic === 'vector' || mnemonic === 'pool';
    const usual = isVector ? values.filter((v) => v !== 'int32' && v !== 'f') : values;
    return values.indexOf(draw.pick(draw.once(10) ? values : usual));
  }
  const high = fieldMaximum(field) / scale;
  const wild = draw.once(25);
  const drawn = wild ? draw.number() * scale : likely(draw, mnemonic, field.name, sizes);
  const value = Math.max(minimum, Math.min(drawn, high * scale));
  return value - (value % scale);
}

/** What is refused where it is assembled does not run: of some drawings the first that goes together. */
function drawOperands(draw: Draw, definition: InstructionDefinition, sizes: Sizes): Operands {
  const { mnemonic, fields } = definition;
  for (let times = draw.once(50) ? 1 : 60; ; times--) {
    const drawn = fields
      .filter((field) => !field.unused && isDrawn(draw, mnemonic, field))
      .map((field) => [field.name, drawOperand(draw, mnemonic, field, sizes)] as const);
    const given = Object.fromEntries(drawn);
    const { operands, missing } = completeOperands(definition, given);
    const isLegal = missing.length === 0 && !definition.checkOperands(operands);
    if (isLegal || times <= 1) return given;
  }
}

function makeInstruction(draw: Draw, definition: InstructionDefinition, sizes: Sizes): string {
  const { mnemonic, fields } = definition;
  if (mnemonic === 'set_config') {
    const register = draw.pick(registers).name;
    const value = draw.once(6) ? draw.number() % 2 ** 32 : likelySetting(draw, register, sizes);
    return `set_config ${register}, ${value}`;
  }
  const operands = drawOperands(draw, definition, sizes);
  const words = fields
    .filter(({ name }) => operands[name] !== undefined)
    .map(({ name, values }) => `${name}=${values?.[operands[name]!] ?? operands[name]}`);
  return `${mnemonic} ${words.join(', ')}`;
}

/** Without it few windows lie inside their image. */
const largeImage = ['image.height', 'image.width']
  .map((name) => `set_config ${name}, 9\n`)
  .join('');

function makeProgram(draw: Draw): string {
  if (draw.once(6)) return mutateText(draw, [...programTexts, ...exampleTexts], ['repeat=3', '\n']);
  const { text, sizes } = makeMachine(draw);
  const lines = draw.list(draw.between(1, 25), () => {
    const mnemonic = draw.pick(mnemonics);
    return makeInstruction(draw, usable.find((d) => d.mnemonic === mnemonic)!, sizes);
  });
  const hazards = draw.once(4) ? '# hazards=fault\n' : '';
  const image = draw.once(2) ? '' : largeImage;
  return `${hazards}${text}${image}${lines.join('\n')}\nhalt\n`;
}

function checkProgram(text: string): string {
  const { program, diagnostics } = assemble(text, { file: 't.tpu' });
  if (!program) {
    checkDiagnostics(diagnostics);
    return 'refused';
  }
  const hazards = text.startsWith('# hazards=fault') ? 'fault' : 'interlock';
  const { instructions, configuration } = program;
  const end = runBriefly(program, instructions, maxCycles, { timingOnly: true, hazards });
  const { hostMemory, unifiedBuffer, mxu } = configuration;
  if (hostMemory.bytes + unifiedBuffer.bytes > smallBytes || mxu.rows > 16) return end.outcome;
  for (const engine of engineNames) {
    expect(runBriefly(program, instructions, maxCycles, { engine, hazards })).toEqual(end);
  }
  return end.outcome;
}

fuzz({
  name: 'program-run',
  ending: '.tpu',
  generate: makeProgram,
  check: checkProgram,
  decode: (bytes) => new TextDecoder().decode(bytes),
  outcomes: [
    ...['finished', 'limit', 'refused'],
    ...['field', 'alignment', 'range', 'overlap', 'tile', 'width', 'hazard'],
  ],
});
