import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { buildCommand } from './built-command.ts';
import { inNewFolder } from './command-line.ts';
import { sampleFiles, smallest } from './sample-programs.ts';

inNewFolder(sampleFiles);
const command = buildCommand();

const environment = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined };

function run(words: readonly string[], input = '') {
  const options = { input, encoding: 'utf8', env: environment } as const;
  return spawnSync(process.execPath, [command.path, ...words], options);
}

describe('the process', () => {
  it('exits with the code of the command', () => {
    expect(run(['check', 'smallest.tpu']).status).toBe(0);
    expect(run(['check', 'smallest.tpu', '--expect', 'c=a.csv']).status).toBe(1);
    expect(run(['rnu']).status).toBe(2);
    expect(run(['run', 'missing.tpu']).status).toBe(3);
    expect(run(['run', 'faulty.tpu']).status).toBe(4);
    expect(run(['run', 'smallest.tpu', '--max-cycles', '9']).status).toBe(5);
  });

  it('reads a program from stdin and keeps data and messages apart', () => {
    const { status, stdout, stderr } = run(['check', '-', '--json'], smallest);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      match: true,
      commandLine: ['check', '-', '--json'],
    });
  });

  it('writes all of a long output before it ends', () => {
    const { status, stdout } = run([
      'run',
      'gemm:64x64x64',
      '--config',
      'tpu-tiny',
      '--instructions',
      '--json',
    ]);
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(2 ** 16);
    expect(JSON.parse(stdout).instructions.length).toBeGreaterThan(48);
  });

  it('understands and writes what is not ASCII', () => {
    const { status, stdout } = run(['gemm', '8×9×10', '--config', 'tpu-tiny']);
    expect(status).toBe(0);
    expect(stdout).toContain('(8×8 cells)');
  });

  it('ends quietly when nobody reads any more', async () => {
    const child = spawn(
      process.execPath,
      [command.path, 'trace', 'gemm:64x64x64', '--cycles', '0..', '--format', 'jsonl'],
      { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });

  it.skipIf(process.platform === 'win32')('stops at Ctrl-C with what it has', async () => {
    // 69 billion multiply-accumulates, far longer than this test; the program comes out before.
    const words = ['gemm', '4096x4096x4096', '--emit', '-'];
    const child = spawn(process.execPath, [command.path, ...words], { env: environment });
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGINT'), 500));
    child.stdout.resume();
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toMatch(/^interrupted after [0-9,]+ cycles: these are the statistics so far$/m);
    expect(status).toBe(130);
    expect(stderr).toMatch(/^total +[0-9,]+ +100\.0 %$/m);
  });
});
