import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { fieldMaximum, type InstructionDefinition } from '../../src/isa/definition.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { checkDiagnostics, runBriefly } from './answers.ts';
import type { Draw } from './draw.ts';
import { fuzz } from './fuzzing.ts';
import { mutateText } from './mutate-text.ts';
import { exampleTexts, programTexts } from './program-texts.ts';

const maxCycles = 3000;
/** Machines above this hold too much memory to be built thousands of times. */
const smallBytes = 2 ** 20;

const usable = instructionSet.filter((d) => !d.reserved && d.mnemonic !== 'halt');
/** Weighted so that data flows: all four pipelines, and what they need. */
const mnemonics = [
  ...usable.map((d) => d.mnemonic),
  ...['read_host_memory', 'read_weights', 'read_weights', 'read_weights'],
  ...['matrix_multiply', 'matrix_multiply', 'activate', 'activate', 'set_config', 'set_config'],
];
const writable = registers.filter((r) => !r.reserved);

interface Sizes {
  readonly rows: number;
  readonly columns: number;
  readonly rowBytes: number;
  readonly ubBytes: number;
  readonly hostBytes: number;
  readonly accRows: number;
}

function makeMachine(draw: Draw): { text: string; sizes: Sizes } {
  const [rows, columns] = [draw.between(1, 12), draw.between(1, 12)];
  const rowBytes = Math.ceil(Math.max(rows, columns) / 8) * 8;
  const ubBytes = rowBytes * draw.between(1, 200);
  const hostBytes = draw.between(1, 20_000);
  const accRows = draw.between(1, 64);
  const bandwidth = () => draw.pick(['unlimited', '1', '1e6', '1GB/s', '1e15']);
  const settings = [
    `mxu.rows=${rows}`,
    `mxu.columns=${columns}`,
    `unifiedBuffer.bytes=${ubBytes}`,
    `hostMemory.bytes=${hostBytes}`,
    `accumulators.rows=${accRows}`,
    `weightMemory.bytes=${rows * columns * draw.between(1, 9)}`,
    `weightMemory.bandwidth="${bandwidth()}"`,
    `hostInterface.bandwidth="${bandwidth()}"`,
    `weightFifo.tiles=${draw.between(1, 5)}`,
    `activationUnit.latency=${draw.pick([0, 1, 4, 16, 300])}`,
    `hostInterface.responseCycles=${draw.pick([0, 0, 5, 2 ** 31])}`,
  ];
  const sizes = { rows, columns, rowBytes, ubBytes, hostBytes, accRows };
  return { text: `.machine tpu-tiny, ${settings.join(', ')}\n`, sizes };
}

/** A value that is likely to be legal, by the name of the operand. */
function likely(draw: Draw, name: string, sizes: Sizes): number {
  const { rows, columns, rowBytes, ubBytes, hostBytes, accRows } = sizes;
  const rowsOfUb = Math.max(1, ubBytes / rowBytes);
  const known: Readonly<Record<string, () => number>> = {
    ub: () => rowBytes * draw.below(rowsOfUb),
    host: () => draw.below(hostBytes),
    acc: () => draw.below(accRows),
    tile: () => draw.below(9),
    rows: () => draw.between(1, draw.pick([4, accRows])),
    columns: () => draw.between(1, columns),
    pitch: () => columns * 4 + draw.below(9),
    bytes: () => draw.between(1, Math.min(hostBytes, ubBytes)),
    row_bytes: () => draw.between(1, 9),
    host_pitch: () => draw.below(20),
    ub_pitch: () => draw.below(20),
    useful: () => draw.between(0, rows * columns),
    repeat: () => draw.pick([1, 2, 3, 17, 255]),
  };
  return known[name]?.() ?? draw.below(4);
}

function makeInstruction(draw: Draw, definition: InstructionDefinition, sizes: Sizes): string {
  const { mnemonic } = definition;
  if (mnemonic === 'set_config') {
    const register = draw.pick(writable).name;
    const small = draw.pick([0, sizes.rowBytes, -sizes.rowBytes, 1, -1, 2]);
    return `set_config ${register}, ${draw.once(6) ? draw.number() % 2 ** 32 : small}`;
  }
  const operands: string[] = [];
  for (const field of definition.fields) {
    if (field.unused || (field.default !== undefined && !draw.once(3))) continue;
    const { scale = 1, minimum = 0, values } = field;
    if (values) {
      const choices = values.filter((v) => !v.reserved || draw.once(50));
      operands.push(`${field.name}=${draw.pick(choices).name}`);
      continue;
    }
    const high = fieldMaximum(field) / scale;
    const wild = draw.once(25);
    const drawn = wild ? draw.number() * scale : likely(draw, field.name, sizes);
    const value = Math.max(minimum, Math.min(drawn, high * scale));
    operands.push(`${field.name}=${value - (value % scale)}`);
  }
  return `${mnemonic} ${operands.join(', ')}`;
}

function makeProgram(draw: Draw): string {
  if (draw.once(6)) return mutateText(draw, [...programTexts, ...exampleTexts], ['repeat=3', '\n']);
  const { text, sizes } = makeMachine(draw);
  const lines = draw.list(draw.between(1, 25), () => {
    const mnemonic = draw.pick(mnemonics);
    return makeInstruction(draw, usable.find((d) => d.mnemonic === mnemonic)!, sizes);
  });
  const hazards = draw.once(4) ? '# hazards=fault\n' : '';
  return `${hazards}${text}${lines.join('\n')}\nhalt\n`;
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
  for (const engine of ['rows', 'cells'] as const) {
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
    ...['field', 'alignment', 'range', 'overlap', 'tile', 'hazard'],
  ],
});
