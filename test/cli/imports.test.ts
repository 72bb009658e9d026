import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));
const cli = join(source, 'cli');
const packages = ['commander', 'chalk'];
const doors = [join(source, 'index.ts'), join(source, 'node.ts')];

/** What a file of the command line imports that it may not. */
function findForbidden(file: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => m[1]!);
  return specifiers.filter((specifier) => {
    if (!specifier.startsWith('.')) {
      return !specifier.startsWith('node:') && !packages.includes(specifier);
    }
    const target = resolve(dirname(file), specifier);
    return !target.startsWith(cli + sep) && !doors.includes(target);
  });
}

describe('what the command line imports', () => {
  const files = readdirSync(cli, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(cli, name));

  it.each(files.map((file) => [relative(cli, file), file] as const))(
    '%s: the public interface, its own folder, commander, chalk and Node',
    (_, file) => {
      expect(findForbidden(file, readFileSync(file, 'utf8'))).toEqual([]);
    },
  );

  it('is found where it is forbidden', () => {
    const text =
      "import { Machine } from '../../machine/machine.ts';\nconst z = await import('zod');\n";
    const file = join(cli, 'commands', 'run.ts');
    expect(findForbidden(file, text)).toEqual(['../../machine/machine.ts', 'zod']);
  });
});
