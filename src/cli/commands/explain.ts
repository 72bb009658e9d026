import type { Command } from 'commander';
import { type ExplainedCode, explanations, suggest, version } from '../../index.ts';
import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { wrapText } from '../format.ts';
import { addExamples } from '../help.ts';
import { printJson } from '../json.ts';
import { addJsonOption } from '../options.ts';
import { alignTable } from '../table.ts';

/** `systole explain CODE` */
export function registerExplain(command: Command, context: Context): void {
  addExamples(command, [
    ['systole explain A104', 'a diagnostic code'],
    ['systole explain range', 'a kind of fault'],
    ['systole explain', 'all of them'],
  ]);
  command.argument('[code]', 'a diagnostic code, or a kind of fault');
  addJsonOption(command).action((text: string | undefined, { json }: { json?: true }) => {
    const codes = text === undefined ? allCodes : [findCode(text)];
    const { stdout, paint } = context.output;
    if (json) printJson(context, describe(codes, context));
    else if (text === undefined) {
      const rows = codes.map((code) => [code, explanations[code].title]);
      const width = Math.max(...codes.map((code) => code.length));
      const wrapped = rows.flatMap(([code, title]) =>
        wrapText(title!, 78 - width).map((line, at) => [at === 0 ? code! : '', line]),
      );
      stdout.write(`${alignTable(wrapped, [{ paint: paint.bold }, {}]).join('\n')}\n`);
    } else stdout.write(formatPage(codes[0]!, paint.bold));
  });
}

const allCodes = Object.keys(explanations) as ExplainedCode[];

function findCode(text: string): ExplainedCode {
  const found = allCodes.find((code) => code.toLowerCase() === text.toLowerCase());
  if (found) return found;
  const help = suggest(text, allCodes) ?? 'systole explain lists all codes';
  throw usageFailure(`no diagnostic code or kind of fault '${text}'`, help);
}

function describe(codes: readonly ExplainedCode[], { commandLine }: Context): object {
  const entries = codes.map((code) => ({ code, ...explanations[code] }));
  const head = { schema: 'systole.explain/1', command: 'explain', version, commandLine };
  return { ...head, explanations: entries };
}

function formatPage(code: ExplainedCode, bold: (text: string) => string): string {
  const { title, text, wrong, right } = explanations[code];
  const example = (heading: string, lines: string): string[] => {
    return ['', bold(heading), ...lines.split('\n').map((line) => `    ${line}`.trimEnd())];
  };
  return `${[
    ...wrapText(`${code}: ${title}`, 80).map((line) => bold(line)),
    '',
    ...text.split('\n\n').flatMap((part, at) => [...(at > 0 ? [''] : []), ...wrapText(part, 80)]),
    ...example('Wrong', wrong),
    ...example('Right', right),
  ].join('\n')}\n`;
}
