import type { ChalkInstance } from 'chalk';
import { type Field, type InstructionDefinition, type Register, sizeBytesOf } from '../index.ts';
import { formatCount, wrapText } from './format.ts';
import { alignTable, type Column } from './table.ts';

const textWidth = 76;
const indent = '    ';

/** Everything about one instruction, as a page. */
export function formatInstructionPage(
  definition: InstructionDefinition,
  paint: ChalkInstance,
): string {
  const { mnemonic, title, doc, source, example, pipeline, opcode } = definition;
  const size = sizeBytesOf(definition);
  const facts = [
    `opcode 0x${opcode.toString(16).padStart(2, '0')}`,
    `${size} ${size === 1 ? 'byte' : 'bytes'}`,
    pipeline === 'control' ? 'done by the sequencer' : `pipeline ${pipeline}`,
  ];
  return `${[
    `${paint.bold(mnemonic)}  ${facts.join(', ')}`,
    '',
    ...indented(title),
    '',
    paint.bold('Example'),
    `${indent}${example}`,
    '',
    ...formatFields(definition, paint),
    paint.bold('Action'),
    ...indented(doc),
    '',
    paint.bold('Source'),
    ...indented(source),
  ].join('\n')}\n`;
}

function formatFields({ fields }: InstructionDefinition, paint: ChalkInstance): string[] {
  if (fields.length === 0) return [];
  let bit = 8;
  const rows = fields.map((field) => {
    const high = bit + field.bits - 1;
    const bits = high === bit ? String(bit) : `${high}..${bit}`;
    bit += field.bits;
    return [bits, field.unused ? '-' : field.name, rangeOf(field), defaultOf(field)];
  });
  const right: Column = { align: 'right' };
  const [heading, opcode, ...lines] = alignTable(
    [['bits', 'operand', 'range', 'default'], ['7..0', 'opcode'], ...rows],
    [right, {}, {}, {}],
  );
  const described = lines.flatMap((line, at) => {
    const { doc, values, derived, unused } = fields[at]!;
    if (unused) return [`  ${line}`];
    const named = values ? `${doc} One of ${values.join(', ')}.` : doc;
    const text = derived ? `${named} By default ${derived.doc}.` : named;
    return [`  ${line}`, ...wrapText(text, textWidth - 6).map((t) => paint.dim(`          ${t}`))];
  });
  return [paint.bold(`  ${heading}`), `  ${opcode}`, ...described, ''];
}

function rangeOf(field: Field): string {
  if (field.unused) return 'zero';
  if (field.flag) return 'flag';
  if (field.values) return `${field.values.length} names`;
  const scale = field.scale ?? 1;
  const high = formatCount((2 ** field.bits - 1) * scale);
  return `${field.minimum ?? 0}..${high}${scale === 1 ? '' : `, in steps of ${scale}`}`;
}

function defaultOf({ default: value, derived, values, unused, flag }: Field): string {
  if (unused || flag) return '';
  if (derived) return 'derived';
  if (value === undefined) return 'required';
  return values?.[value] ?? formatCount(value);
}

/** Everything about one register, as a page. */
export function formatRegisterPage(register: Register, paint: ChalkInstance): string {
  const { index, name, signed, initial, doc, real } = register;
  const number = `0x${index.toString(16).padStart(2, '0')}`;
  const kind = `32 bits, ${signed ? 'signed' : 'unsigned'}`;
  const start = real ? `0x${initial.toString(16)} (as float32: 1.0)` : formatCount(initial);
  const value = real ? '1.5' : '256';
  return `${[
    `${paint.bold(name)}  register ${number}, ${kind}`,
    '',
    ...indented(doc),
    ...indented(`At the start of a program it holds ${start}.`),
    '',
    paint.bold('Example'),
    `${indent}set_config ${name}, ${value}`,
  ].join('\n')}\n`;
}

/** Paragraphs and lists of the manual, without its marks of Markdown that only a page needs. */
function indented(text: string): string[] {
  const plain = text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  const blocks = plain
    .split(/\n(?=- |\n)/)
    .map((block) => block.trim())
    .filter((block) => block !== '');
  return blocks.flatMap((block, at) => {
    const isItem = block.startsWith('- ');
    const wrapped = wrapText(isItem ? block.slice(2) : block, textWidth - (isItem ? 2 : 0));
    const lines = wrapped.map((line, i) => (isItem ? `${i === 0 ? '- ' : '  '}${line}` : line));
    const followsText = at > 0 && !(isItem && blocks[at - 1]!.startsWith('- '));
    return [...(followsText ? [''] : []), ...lines.map((line) => `${indent}${line}`)];
  });
}
