import { type Field, fieldMaximum, type InstructionDefinition, repeatField } from './definition.ts';
import { sizeBytesOf } from './encoding.ts';
import { type Register, registers } from './registers.ts';
import { instructionSet } from './table.ts';

/** Declarations that the examples of the instruction table refer to. */
export const exampleDeclarations = `.machine tpu-v1
.matrix a, int8[256, 256], activations
.matrix w, int8[256, 256], weights
.matrix c, int8[256, 256], result
.buffer x, a.bytes
.buffer y, c.bytes
.accumulators sums, 256
`;

/** The manual of the instruction set, docs/isa.md, in Markdown: everything in it is from the table. */
export function formatIsaManual(): string {
  const chapters = [
    introduction,
    formatOverview(),
    conventions,
    formatRegisters(),
    '## Instructions',
    ...instructionSet.map(formatInstruction),
  ];
  return `${chapters.join('\n\n')}\n`;
}

const introduction = `# Instruction set

<!-- Written by scripts/make-docs.mjs from src/isa. Do not edit. -->

Google has published what the instructions of its first TPU are called and what they do, and of one,
MatrixMultiply, how long its parts are. It has not published a manual. The names here are the paper's;
where a line says *Assumption*, the decision is ours. The paper is N. Jouppi et al., "In-Datacenter
Performance Analysis of a Tensor Processing Unit", ISCA 2017.

R and C are the rows and columns of the array, W is the bytes of a Unified Buffer row: max(R, C)
rounded up to a multiple of 8. On \`tpu-v1\` all three are 256. How long each instruction takes, and
what it waits for, is in [timing.md](timing.md); how it is written, in [assembly.md](assembly.md).`;

const conventions = `## Conventions

- **Words.** An instruction is a byte of opcode and its fields behind it, from the least significant
  bit on. A field of several bytes is little-endian. Instructions follow each other without padding.
  Unused bits are zero, and refused if they are not.
- **Addresses.** The Unified Buffer and host memory are addressed in bytes, the Accumulators in rows of
  C sums, Weight Memory in tiles of R·C bytes. The Unified Buffer address of matrix_multiply is stored
  in units of 8 bytes, so that its 3 bytes reach 128 MiB; its operand is written in bytes like any
  other.
- **Values.** Values of several bytes lie in memory little-endian and adjacent.
- **Repeat.** An instruction with \`repeat\` n is n instructions, dispatched one per cycle, and counts
  as n. Repetition i, from 0, adds i times the step registers, as its page says. Steps are signed.
  Lengths, flags and all other operands stay.
- **Registers.** An instruction carries the register values of its own dispatch.
- **Order.** Instructions are dispatched in program order into four pipelines, of which each is in
  order: dma, weights, matrix, activation. The control instructions are executed at dispatch. There are
  no branches, and programs cannot see where they are.
- **Checks.** At dispatch, in this order: the operands, alignment, the ranges of all addresses, overlap
  of an instruction's own source and destination, a tile for a switch, the width of its weights, and
  with \`--hazards fault\` the dependencies that no sync covers. A violation is a fault and ends the run.

Published are the five main instructions and the names of the others, the 12 bytes of MatrixMultiply
with 3 of Unified Buffer address, 2 of accumulator address and 4 of length, repeat as a field of CISC
instructions, and that read_weights ends when it has sent its address. All other sizes, the order of
the fields, step registers, parameter blocks and the rest of the registers are ours.

The examples of this page go with these declarations:

\`\`\`tpu
${exampleDeclarations}\`\`\``;

function formatOverview(): string {
  const rows = instructionSet.map((definition) => [
    `[${definition.mnemonic}](#${definition.mnemonic})`,
    formatOpcode(definition),
    String(sizeBytesOf(definition)),
    definition.pipeline,
    definition.fields.includes(repeatField) ? 'yes' : '',
    definition.title,
  ]);
  const header = ['instruction', 'opcode', 'bytes', 'pipeline', 'repeat', 'what it does'];
  return `## Overview\n\n${formatTable(header, rows)}`;
}

function formatRegisters(): string {
  const rows = registers.map((register) => [
    formatHex(register.index, 2),
    `\`${register.name}\``,
    register.signed ? 'signed' : register.real ? 'float32 bits' : 'unsigned',
    formatInitial(register),
    register.doc,
  ]);
  const header = ['number', 'name', '32 bits', 'initially', 'meaning'];
  return `## Registers

[set_config](#set_config) writes them. Assumption: all of them, and their numbers.

${formatTable(header, rows)}`;
}

function formatInitial(register: Register): string {
  return register.real ? `${formatHex(register.initial, 8)} (1.0)` : formatNumber(register.initial);
}

function formatInstruction(definition: InstructionDefinition): string {
  const { mnemonic, title, doc, source, example } = definition;
  const parts = [`### ${mnemonic}`, `**${title}**`];
  const operands = definition.fields.filter((field) => !field.unused);
  parts.push(
    `**Format.** ${formatBytes(sizeBytesOf(definition))}.`,
    formatTable(['bytes', 'bits', 'field'], layoutOf(definition)),
  );
  if (operands.length > 0) {
    const header = ['operand', 'range', 'default', 'meaning'];
    parts.push('**Operands.**', formatTable(header, operands.map(formatOperand)));
  }
  parts.push(
    `**Action.** ${doc}`,
    `**Source.** ${source}`,
    `**Example.**\n\n\`\`\`tpu\n${example}\n\`\`\``,
  );
  return parts.join('\n\n');
}

/** Which bytes of the word each field takes, and which bits of them. */
function layoutOf(definition: InstructionDefinition): string[][] {
  const rows = [['0', '7..0', `opcode, ${formatOpcode(definition)}`]];
  let bit = 8;
  for (const field of definition.fields) {
    const last = bit + field.bits - 1;
    const [firstByte, lastByte] = [Math.floor(bit / 8), Math.floor(last / 8)];
    // Counted from the least significant bit of the first byte.
    const [low, high] = [bit - 8 * firstByte, last - 8 * firstByte];
    rows.push([
      firstByte === lastByte ? `${firstByte}` : `${firstByte}..${lastByte}`,
      low === high ? `${low}` : `${high}..${low}`,
      field.unused ? 'unused, 0' : `${field.name}${field.scale ? ` / ${field.scale}` : ''}`,
    ]);
    bit += field.bits;
  }
  return rows;
}

function formatOperand(field: Field): string[] {
  return [`\`${field.name}\``, formatRange(field), formatDefault(field), field.doc];
}

function formatRange(field: Field): string {
  if (field.flag) return 'flag';
  if (field.values) {
    return field.values.map((value) => `\`${value}\``).join(', ');
  }
  const range = `${field.minimum ?? 0}..${formatNumber(fieldMaximum(field))}`;
  return field.scale ? `${range}, in steps of ${field.scale}` : range;
}

function formatDefault(field: Field): string {
  if (field.derived) return field.derived.doc;
  if (field.default === undefined) return '';
  if (field.flag) return 'not set';
  const value = field.values?.[field.default];
  return value ? `\`${value}\`` : formatNumber(field.default);
}

/** Powers of two as such, because nobody recognises 4294967295. */
function formatNumber(value: number): string {
  const magnitude = Math.abs(value);
  const exponent = Math.round(Math.log2(magnitude));
  if (exponent < 20) return String(value);
  const sign = value < 0 ? '−' : '';
  if (magnitude === 2 ** exponent) return `${sign}2^${exponent}`;
  return magnitude === 2 ** exponent - 1 ? `${sign}2^${exponent} − 1` : String(value);
}

function formatOpcode({ opcode }: InstructionDefinition): string {
  return formatHex(opcode, 2);
}

function formatHex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

function formatBytes(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
