import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '../../src/version.ts';
import { readJson, root } from './project-files.ts';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifest = readJson('package.json');
const lock = readJson('package-lock.json') as { packages: Record<string, LockedPackage> };

describe('version', () => {
  it('is one and the same everywhere', () => {
    const citation = readFileSync(join(root, 'CITATION.cff'), 'utf8');
    const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
    expect(version).toBe(manifest.version);
    expect(lock.packages['']?.version).toBe(version);
    expect(/^version: (.*)$/m.exec(citation)?.[1]).toBe(version);
    expect(/^## ([0-9.]+)/m.exec(changelog)?.[1]).toBe(version);
  });
});

describe('command', () => {
  it('is a file that may be executed', () => {
    expect(manifest.bin).toEqual({ systole: 'bin/systole.cjs' });
    expect(readFileSync(join(root, 'bin/systole.cjs'), 'utf8')).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
    expect(modeOf('bin/systole.cjs') & 0o111).toBe(0o111);
  });

  /** As git has it, because Windows has no such mode; as the disk has it outside a clone. */
  function modeOf(path: string): number {
    const { stdout } = spawnSync('git', ['ls-files', '--stage', path], {
      cwd: root,
      encoding: 'utf8',
    });
    return stdout ? Number.parseInt(stdout.slice(0, 6), 8) : statSync(join(root, path)).mode;
  }
});

describe('dependencies', () => {
  const given = { ...(manifest.dependencies ?? {}), ...(manifest.devDependencies ?? {}) };

  it('are exact, so that an installation without the lock file is the same', () => {
    for (const [name, wanted] of Object.entries(given)) {
      expect([name, wanted]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
      expect(lock.packages[`node_modules/${name}`]?.version).toBe(wanted);
    }
  });

  it('are those of the library: what only the command needs is bundled with it', () => {
    expect(Object.keys(manifest.dependencies as object)).toEqual(['npyjs', 'zod']);
  });

  it('name no registry', () => {
    const hosts = Object.entries(lock.packages).filter(([, { resolved }]) => resolved);
    expect(hosts).toEqual([]);
  });

  it('are locked for every platform; if not, scripts/complete-lock-file.mjs adds the others', () => {
    const missing = Object.values(lock.packages)
      .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
      .filter((name) => !lock.packages[`node_modules/${name}`]);
    expect(missing).toEqual([]);
  });

  it('do not hold Node itself, which would take the place of the Node of every script', () => {
    const names = Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1));
    expect(names).not.toContain('node');
  });
});

describe('engines', () => {
  it('start at the Node that the tests run on', () => {
    expect(manifest.engines).toEqual({ node: '>=20.11' });
    const types = lock.packages['node_modules/@types/node']?.version;
    expect(types).toMatch(/^20\./);
  });
});

describe('what is packed', () => {
  it('exists', () => {
    const files = (manifest.files as string[]).filter((path) => !path.startsWith('!'));
    expect(files).toEqual(expect.arrayContaining(['bin', 'dist', 'docs', 'programs', 'schemas']));
    const implied = ['README.md', 'LICENSE'];
    expect([...files, ...implied].filter((path) => !existsSync(join(root, path)))).toEqual([]);
    // Of no use to a Node that did not make it.
    expect(manifest.files).toContain('!dist/*.cache');
  });
});
