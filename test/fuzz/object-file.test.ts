import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { disassemble } from '../../src/assembler/disassemble.ts';
import { formatListing } from '../../src/assembler/listing.ts';
import { encodeProgram } from '../../src/isa/encoding.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { loadProgram } from '../../src/loader/load.ts';
import { decodeObject, encodeObject } from '../../src/program/object-file.ts';
import { elementTypes } from '../../src/program/program.ts';
import { objectBytes, partsOf } from '../program/object-bytes.ts';
import { checkDiagnostics, runBriefly } from './answers.ts';
import type { Draw } from './draw.ts';
import { fuzz } from './fuzzing.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { exampleTexts, programTexts } from './program-texts.ts';

const maxCycles = 5000;

const objects = [...programTexts, ...exampleTexts].flatMap((text, i) => {
  const { program } = assemble(text, { file: `p${i}.tpu` });
  return program ? [encodeObject(program)] : [];
});
const parts = objects.map((bytes) => partsOf(bytes));
const codes = parts.map(({ code }) => code);

/** Bytes of an object file: damaged anywhere, or damaged inside with a header that fits. */
function makeObject(draw: Draw): Uint8Array {
  if (draw.once(5)) return mutateBytes(draw, draw.pick(objects), objects);
  const { metadata, code } = draw.pick(parts);
  const version = draw.once(50) ? draw.number() : 2;
  switch (draw.below(4)) {
    case 0:
      return objectBytes(metadata, mutateBytes(draw, code, codes), version);
    case 1:
      return objectBytes(metadata, mutateCode(draw, code), version);
    case 2: {
      const bytes = new TextEncoder().encode(metadata);
      return objectBytes(mutateBytes(draw, bytes, [bytes]), code, version);
    }
    default:
      return objectBytes(mutateMetadata(draw, metadata), code, version);
  }
}

/** Code of which one field of one instruction holds something else; the rest still decodes. */
function mutateCode(draw: Draw, code: Uint8Array): Uint8Array {
  const changed = code.slice();
  const starts: { byte: number; size: number }[] = [];
  for (let byte = 0; byte < code.length; ) {
    const definition = instructionSet.find((d) => d.opcode === code[byte]);
    const bits = definition?.fields.reduce((sum, field) => sum + field.bits, 0) ?? 0;
    starts.push({ byte, size: bits / 8 });
    byte += 1 + bits / 8;
  }
  for (let times = draw.between(1, 3); times > 0; times--) {
    const { byte, size } = draw.pick(starts);
    if (size === 0) continue;
    let value = draw.number();
    for (let i = draw.below(size), width = draw.pick([1, 2, 4]); width > 0; i++, width--) {
      if (i < size) changed[byte + 1 + i] = value % 256;
      value = Math.floor(value / 256);
    }
  }
  return changed;
}

/** JSON in which one value is replaced, one field is left out, renamed, added or doubled. */
function mutateMetadata(draw: Draw, text: string): string {
  const root: unknown = JSON.parse(text);
  for (let times = draw.pick([1, 1, 2]); times > 0; times--) changeValue(draw, root, root);
  const written = JSON.stringify(root);
  if (!draw.once(10)) return written;
  return draw.pick([` ${written}`, `\uFEFF${written}`, written.replace('{', '{"name":"x",')]);
}

type Container = Record<string, unknown>;

const fieldNames = [
  ...['file', 'source', 'packed', 'scale', 'rule', 'multiplier', 'shift', 'relu', 'kind', 'of'],
  ...['__proto__', 'x'],
];

function changeValue(draw: Draw, inside: unknown, root: unknown): void {
  const container = inside as Container;
  const keys = Object.keys(container);
  if (keys.length === 0) return;
  const key = draw.pick(keys);
  const inner = container[key];
  if (typeof inner === 'object' && inner !== null && !draw.once(8)) {
    changeValue(draw, inner, root);
    return;
  }
  switch (draw.below(8)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      break;
    case 1:
      container[draw.pick(fieldNames)] = inner;
      break;
    case 2:
      if (Array.isArray(container)) container.push(structuredClone(inner));
      break;
    default:
      container[key] = drawValue(draw, root);
  }
}

function drawValue(draw: Draw, root: unknown): unknown {
  const number = draw.number();
  return draw.pick<() => unknown>([
    () => number,
    () => number,
    () => -number,
    () => number + 0.5,
    () => -0,
    () => 3.4e39,
    () => null,
    () => true,
    () => '',
    () => draw.pick(['a', 'b', 'c', 'weights', 'result', 'constants', 'copy', 'matmul', 'd']),
    () => draw.pick(elementTypes),
    () => draw.pick(['tpu-tiny', 'tpu-v1', 'unlimited', '1e3', '\x1b[31m\r\n', 'a.b', '__proto__']),
    () => [],
    () => ({}),
    () => structuredClone(draw.pick(Object.values(root as Container))),
    () => 'x'.repeat(draw.below(70_000)),
  ])();
}

/** Long lines cannot be assembled again. */
const longestLine = 60_000;

function checkObject(bytes: Uint8Array): string {
  const { program, diagnostics } = decodeObject(bytes, 't.o');
  if (!program) {
    checkDiagnostics(diagnostics);
    return diagnostics[0]!.code;
  }
  expect(Buffer.compare(encodeObject(program), bytes)).toBe(0);
  const text = disassemble(program);
  if (text.split('\n').every((line) => line.length < longestLine)) {
    const again = assemble(text, { file: program.name });
    expect(again.diagnostics).toEqual([]);
    const code = encodeProgram(again.program!.instructions);
    expect(Buffer.compare(code, encodeProgram(program.instructions))).toBe(0);
  }
  formatListing({ program, sources: new Map() });
  const needsData = program.matrices.some((m) => m.role !== 'result');
  if (needsData) checkDiagnostics(loadProgram(program, new Map()).diagnostics);
  runBriefly(program, program.instructions, maxCycles, { timingOnly: true });
  return 'decoded';
}

fuzz({
  name: 'object-file',
  ending: '.o',
  generate: makeObject,
  check: checkObject,
  decode: (bytes) => bytes,
  outcomes: ['decoded', 'O201', 'O202', 'O203', 'O204'],
});
