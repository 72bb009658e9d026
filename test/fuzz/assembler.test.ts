import { expect } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { disassemble } from '../../src/assembler/disassemble.ts';
import { formatListing } from '../../src/assembler/listing.ts';
import { directiveNames } from '../../src/assembler/statement.ts';
import { presets } from '../../src/config/parameters.ts';
import { encodeProgram } from '../../src/isa/encoding.ts';
import { registers } from '../../src/isa/registers.ts';
import { instructionSet } from '../../src/isa/table.ts';
import { decodeObject, encodeObject } from '../../src/program/object-file.ts';
import { elementTypes, matrixRoles, type Program } from '../../src/program/program.ts';
import { predefinedNames } from '../../src/program/symbols.ts';
import { checkDiagnostics } from './answers.ts';
import type { Draw } from './draw.ts';
import { fuzz } from './fuzzing.ts';
import { mutateText } from './mutate-text.ts';
import { exampleTexts, programTexts } from './program-texts.ts';

const signs =
  '+ - * / % << >> & | ^ ~ ! && || == != < <= > >= ? : ( ) [ ] , .. = \\ \\a \\@ \\() " \' # /* */ // ; $ \0 é 💥';
const values =
  '0 1 8 64 0x 0xff 0b1 0o7 9007199254740991 1e9 1e-400 0.5 .5 1K 4096M a b m a.bytes a.b.c on __proto__ constructor';
const words: readonly string[] = [
  ...directiveNames,
  ...instructionSet.flatMap((d) => [d.mnemonic, ...d.fields.map((f) => `${f.name}=`)]),
  ...registers.map((r) => r.name),
  ...Object.keys(presets),
  ...predefinedNames,
  ...elementTypes,
  ...matrixRoles,
  ...signs.split(' '),
  ...values.split(' '),
  ...['\n', '\r\n', '\t', '\f', '\r', '\uFEFF', '\u2028', '\x1b[31m', '\x9b'],
  '.matrix a, int8[4, 4], activations\n',
  '.matrix e, int16[4, 4], result, packed\n',
  '.matrix c, int16[4, 4], constants\n',
  '.matrix w, uint16[9, 9], weights\n',
  '.expect c = matmul(a, a), scale=0.5, type=int8\n',
  '.expect d = matmul(a, a), rule=d, multiplier=1 << 30, shift=-1\n',
  '.expect e = c\n',
  '.parameters p, columns=4, multiplier=5, shift=-2\n',
  'read_weights tile=w, repeat=2\n',
  'activate 0, 4, 4, 0, type=int8, function=relu\n',
  'pool max, int8, 0, 2, 2, 4, 64\n',
  'vector add, int8, int8, int8, 0, 16, 4, 4, 64, rule=d\n',
  'vector tanh, a=0, rows=4, columns=4, ub=64, a_type=int16, type=int16\n',
  ...['packed', 'wide', 'rule=', 'multiplier=', 'shift=', 'type='],
  '.macro m a, b=1\n',
  'm 1, \\a\n',
  '.endm\n',
  '.rept 3\n',
  '.endr\n',
  '.if a\n',
  '.else\n',
  '.endif\n',
  '.include "self"\n',
  '.include "other"\n',
  'halt\n',
];

function makeSoup(draw: Draw): string {
  const space = draw.pick(['', ' ', ' ']);
  const end = draw.once(2) ? '\nhalt\n' : '';
  return draw.list(draw.between(1, 60), () => draw.pick(words)).join(space) + end;
}

/** Blocks within blocks, mostly closed, with macros that call each other. */
function makeNest(draw: Draw, depth = 0): string {
  const inside = (): string =>
    depth > 6 ? 'nop\n' : draw.list(draw.below(3), () => makeNest(draw, depth + 1)).join('');
  const count = draw.pick([0, 1, 2, 3, 7, draw.below(40)]);
  const name = draw.pick(['p', 'q', 'r', 's\\@', '\\a']);
  switch (draw.below(8)) {
    case 0:
      return `.rept ${draw.once(500) ? 2 ** 40 : count}\n${inside()}${draw.once(30) ? '' : '.endr\n'}`;
    case 1:
      return `.macro ${name} a, b=${count}\n${inside()}${draw.once(30) ? '' : '.endm\n'}`;
    case 2:
      return `.if i < ${count}\n${inside()}.elseif \\a\n${inside()}.else\n${inside()}.endif\n`;
    case 3:
      return `.set i, i + ${count}\n`;
    case 4:
      return `${name} ${draw.pick(['', 'i', 'a=i, b=\\a', '1, 2', 'x\\@, (1, 2)'])}\n`;
    case 5:
      return `.equ n\\@_\\a, i * ${count}\n`;
    case 6:
      return `debug_tag ${draw.pick(['i', '\\a', 'a\\@', 'i ? 1/i : \\b'])}\n`;
    default:
      return inside();
  }
}

function makeText(draw: Draw): string {
  const kind = draw.below(8);
  if (kind < 2) return makeSoup(draw);
  if (kind < 4) return `.set i, 0\n${makeNest(draw)}${makeNest(draw)}halt\n`;
  if (kind < 5) {
    const bytes = Uint8Array.from(draw.list(draw.below(300), () => draw.below(256)));
    return new TextDecoder().decode(bytes);
  }
  return mutateText(draw, [...programTexts, ...exampleTexts], words);
}

function readInclude(text: string) {
  return (path: string) => {
    if (path === 'self') return { file: 'self', text };
    return path === 'other' ? { file: 'other', text: '.equ other_loaded, 1\n' } : undefined;
  };
}

function checkText(text: string): string {
  const result = assemble(text, { file: 't.tpu', readInclude: readInclude(text) });
  if (!result.program) {
    checkDiagnostics(result.diagnostics);
    return 'refused';
  }
  const { program, listing } = result;
  const object = encodeObject(program);
  const decoded = decodeObject(object, 't.o');
  expect(decoded.diagnostics).toEqual([]);
  expect(Buffer.compare(encodeObject(decoded.program!), object)).toBe(0);
  checkDisassembly(program);
  if (program.instructions.length < 10_000) formatListing(listing);
  return 'assembled';
}

/** What the disassembler writes assembles to the same code and declarations. */
function checkDisassembly(program: Program): void {
  const again = assemble(disassemble(program), { file: program.name });
  expect(again.diagnostics).toEqual([]);
  const { instructions, ...rest } = again.program!;
  expect(Buffer.compare(encodeProgram(instructions), encodeProgram(program.instructions))).toBe(0);
  const { instructions: _, ...original } = program;
  expect(withoutPlaces(rest)).toEqual(withoutPlaces(original));
}

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'source' ? undefined : inner)));
}

fuzz({
  name: 'assembler',
  ending: '.tpu',
  generate: makeText,
  check: checkText,
  decode: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  outcomes: ['assembled', 'refused'],
});
