import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildCommand } from './built-command.ts';
import { inNewFolder } from './command-line.ts';
import { sampleFiles } from './sample-programs.ts';

inNewFolder(sampleFiles);
const built = buildCommand();

const environment = { ...process.env, FORCE_COLOR: undefined, NODE_OPTIONS: undefined };
const cacheName = `cli.${process.version}-${process.arch}.cache`;

function runNode(words: readonly string[]) {
  return spawnSync(process.execPath, words, { encoding: 'utf8', env: environment });
}

/** A command of its own in ./copy, so that the tests may damage it. */
const copy = { bin: 'copy/bin/systole.cjs', bundle: 'copy/dist/cli.cjs' };
const cache = `copy/dist/${cacheName}`;

beforeEach(() => {
  rmSync('copy', { recursive: true, force: true });
  for (const path of Object.values(copy)) mkdirSync(dirname(path), { recursive: true });
  copyFileSync(built.path, copy.bin);
  copyFileSync(built.bundle, copy.bundle);
  copyFileSync(join(dirname(built.bundle), cacheName), cache);
});

function isFromCache(flags: readonly string[] = []): boolean {
  const script = `const { loadBundle } = require('./${copy.bin}');
    process.stdout.write(String(loadBundle(${JSON.stringify(copy.bundle)}).isFromCache));`;
  const { status, stdout, stderr } = runNode([...flags, '-e', script]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout === 'true';
}

function expectOrdinaryRun(flags: readonly string[] = []): void {
  const { status, stdout, stderr } = runNode([...flags, copy.bin, 'check', 'smallest.tpu']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^cycles +[0-9,]+/m);
}

describe('the code cache', () => {
  it('is taken by the Node that made it', () => {
    expect(isFromCache()).toBe(true);
    expectOrdinaryRun();
  });

  const whole = (): Buffer => readFileSync(cache);
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = whole();
    change(bytes);
    return bytes;
  };
  const digestLength = 64;
  const damages: readonly (readonly [string, () => Uint8Array | string])[] = [
    ['is empty', () => ''],
    ['is a text', () => 'no cache\n'],
    ['is cut off', () => whole().subarray(0, whole().length >> 1)],
    ['is cut off and of odd length', () => whole().subarray(0, -1)],
    ['is all zeros', () => changed((bytes) => bytes.fill(0))],
    ['ends in zeros', () => changed((bytes) => bytes.fill(0, bytes.length - 4096))],
    ['has a wrong byte', () => changed((bytes) => bytes.writeUInt8(~bytes[9999]! & 0xff, 9999))],
    ['belongs to another bundle', () => changed((bytes) => bytes.write('0'.repeat(digestLength)))],
    [
      'is of another V8',
      () =>
        changed((bytes) => {
          // Bytes 4 to 7 of what V8 wrote are a hash of its version.
          for (const copyStart of [digestLength, (digestLength + bytes.length) / 2])
            bytes.fill(1, copyStart + 4, copyStart + 8);
        }),
    ],
  ];

  it.each(damages)('is passed over where it %s', (_, damage) => {
    writeFileSync(cache, damage());
    expect(isFromCache()).toBe(false);
    expectOrdinaryRun();
  });

  it('is passed over where V8 has other flags', () => {
    expect(isFromCache(['--no-opt'])).toBe(false);
    expectOrdinaryRun(['--no-opt']);
  });

  it('may be missing, and only a build writes one', () => {
    rmSync(cache);
    expect(isFromCache()).toBe(false);
    expectOrdinaryRun();
    expect(readdirSync(dirname(cache))).toEqual(['cli.cjs']);
  });
});

describe('the start', () => {
  it.skipIf(process.platform === 'win32')('finds its files through a link', () => {
    mkdirSync('copy/.bin');
    symlinkSync('../bin/systole.cjs', 'copy/.bin/systole');
    const { status, stdout } = runNode(['copy/.bin/systole', '--version']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says so if it was never built', () => {
    rmSync(copy.bundle);
    const { status, stderr } = runNode([copy.bin, '--version']);
    expect(status).toBe(70);
    expect(stderr).toMatch(
      /^systole: not built or not installed whole \(npm run build\): .*cli\.cjs/,
    );
  });

  it('says so if the bundle is damaged', () => {
    writeFileSync(copy.bundle, 'no script');
    const { status, stderr } = runNode([copy.bin, '--version']);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^systole: cannot start: /);
  });

  it('shows the functions and lines of an internal error', () => {
    const text = readFileSync(copy.bundle, 'utf8');
    const faulty = text.replace(/^function measureBusy\(.*$/m, "$&\n  throw new Error('a bug');");
    writeFileSync(copy.bundle, faulty);
    const { status, stderr } = runNode([copy.bin, 'run', 'smallest.tpu']);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^internal error: Error: a bug$/m);
    const line = faulty.split('\n').findIndex((l) => l.includes("Error('a bug')")) + 1;
    expect(stderr).toMatch(new RegExp(`^ +at measureBusy \\(.*cli\\.cjs:${line}:\\d+\\)$`, 'm'));
    expect(stderr).toMatch(/^ +at (async )?printReport \(.*cli\.cjs:\d+:\d+\)$/m);
  });
});
