import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { inNewFolder, systole } from './command-line.ts';
import { sampleFiles } from './sample-programs.ts';

inNewFolder(sampleFiles);

const hasShell = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;

/** What bash offers behind these words, the last of which is being typed. */
async function complete(...words: readonly string[]): Promise<string[]> {
  const { stdout } = await systole(['completion', 'bash']);
  writeFileSync('completion.bash', stdout);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  // compopt works only while readline completes.
  const script = `compopt() { :; }
source ./completion.bash
COMP_WORDS=(systole ${quoted}); COMP_CWORD=${words.length}
_systole
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it('bash offers commands, options, values, keys, names and files', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(commandTable.map((c) => c.name)));
    expect(await complete('c')).toEqual(['check', 'config', 'completion']);
    expect(await complete('run', '--ma')).toEqual(['--max-cycles']);
    expect(await complete('run', '--hazards', '')).toEqual(['interlock', 'fault']);
    expect(await complete('--color', 'al')).toEqual(['always']);
    expect(await complete('--color', 'always', 'ru')).toEqual(['run']);
    expect(await complete('run', 'small')).toEqual(['smallest.tpu']);
    expect(await complete('run', '--config', 'tpu-')).toEqual(['tpu-v1', 'tpu-tiny']);
    expect(await complete('run', '--set', 'mxu.')).toEqual(['mxu.rows=', 'mxu.columns=']);
    expect(await complete('run', '--hazards', '=', 'f')).toEqual(['fault']);
    expect(await complete('isa', 'matrix')).toEqual(['matrix_multiply']);
    expect(await complete('explain', 'A10')).toContain('A104');
    expect(await complete('gemm', '--output-type', 'u')).toEqual(['uint8']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('zsh and fish name every command and option', async () => {
    for (const shell of ['zsh', 'fish']) {
      const { stdout } = await systole(['completion', shell]);
      for (const { name } of commandTable) expect(stdout).toContain(name);
      expect(stdout).toContain('max-cycles');
      expect(stdout).toContain('interlock fault');
    }
  });

  it.each(['zsh', 'fish'].filter(hasShell))('%s accepts its script', async (shell) => {
    const { stdout } = await systole(['completion', shell]);
    writeFileSync('script', stdout);
    expect(spawnSync(shell, ['-n', 'script'], { encoding: 'utf8' }).stderr).toBe('');
  });
});
