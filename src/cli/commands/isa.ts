import type { Command } from 'commander';
import {
  type InstructionDefinition,
  instructionNamed,
  instructionSet,
  type Register,
  registers,
  sizeBytesOf,
  suggest,
  version,
} from '../../index.ts';
import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { wrapText } from '../format.ts';
import { addExamples } from '../help.ts';
import { formatInstructionPage, formatRegisterPage } from '../isa-page.ts';
import { printJson } from '../json.ts';
import { addJsonOption } from '../options.ts';
import { alignTable, type Column } from '../table.ts';

/** `systole isa [INSTRUCTION]` */
export function registerIsa(command: Command, context: Context): void {
  addExamples(command, [
    ['systole isa', 'all instructions and registers'],
    ['systole isa matrix_multiply', 'one instruction: bits, operands, action'],
    ['systole isa --json', 'the table for other tools'],
  ]);
  command.argument('[instruction]', 'mnemonic, or the name of a register');
  addJsonOption(command).action((name: string | undefined, { json }: { json?: true }) => {
    const { stdout, paint } = context.output;
    const found = name === undefined ? undefined : find(name);
    if (json) printJson(context, describe(found, context));
    else if (found === undefined) stdout.write(formatTables(paint.bold, paint.dim));
    else if ('mnemonic' in found) stdout.write(formatInstructionPage(found, paint));
    else stdout.write(formatRegisterPage(found, paint));
  });
}

type Found = InstructionDefinition | Register | undefined;

function find(name: string): InstructionDefinition | Register {
  const found = instructionNamed(name) ?? registers.find((r) => r.name === name.toLowerCase());
  if (found) return found;
  const names = [...instructionSet.map((d) => d.mnemonic), ...registers.map((r) => r.name)];
  throw usageFailure(
    `no instruction or register '${name}'`,
    suggest(name, names) ?? 'systole isa lists them',
  );
}

function describe(found: Found, { commandLine }: Context): object {
  const definitions =
    found === undefined ? instructionSet : instructionSet.filter((d) => d === found);
  const named = found === undefined ? registers : registers.filter((r) => r === found);
  return {
    schema: 'systole.isa/1',
    command: 'isa',
    version,
    commandLine,
    instructions: definitions.map(describeInstruction),
    registers: named.map((register) => ({ ...register, real: register.real ?? false })),
  };
}

function describeInstruction(definition: InstructionDefinition): object {
  const { mnemonic, opcode, pipeline, title, doc, source, example } = definition;
  let bit = 8;
  const fields = definition.fields.map((field) => {
    const lowBit = bit;
    bit += field.bits;
    return {
      name: field.name,
      lowBit,
      bits: field.bits,
      doc: field.doc,
      scale: field.scale ?? 1,
      minimum: field.minimum ?? 0,
      default: field.default ?? null,
      derived: field.derived?.doc ?? null,
      values: field.values ?? null,
      flag: field.flag ?? false,
      unused: field.unused ?? false,
    };
  });
  const sizeBytes = sizeBytesOf(definition);
  const head = { mnemonic, opcode, sizeBytes, pipeline, title, doc, source, example };
  return { ...head, fields };
}

function formatTables(bold: (text: string) => string, dim: (text: string) => string): string {
  const right: Column = { align: 'right' };
  const titles: string[][] = instructionSet.map((d) => {
    const opcode = `0x${d.opcode.toString(16).padStart(2, '0')}`;
    return [d.mnemonic, opcode, String(sizeBytesOf(d)), d.pipeline];
  });
  const rows = alignTable(
    [['instruction', 'opcode', 'bytes', 'pipeline'], ...titles],
    [{}, right, right, {}],
  );
  const [heading, ...lines] = rows;
  const described = lines.flatMap((line, at) => {
    const title = wrapText(instructionSet[at]!.title, 76);
    return [line, ...title.map((text) => dim(`    ${text}`))];
  });
  const registerLines = registers.map((r) => [
    `0x${r.index.toString(16).padStart(2, '0')}`,
    r.name,
  ]);
  const [registerHeading, ...numbered] = alignTable(
    [['number', 'register'], ...registerLines],
    [right, {}],
  );
  return `${[
    bold(heading!),
    ...described,
    '',
    bold(registerHeading!),
    ...numbered,
    '',
    'systole isa NAME shows one of them in full.',
  ].join('\n')}\n`;
}
