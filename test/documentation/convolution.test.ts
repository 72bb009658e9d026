import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProgramFile } from '../programs/program-files.ts';
import {
  expectProgramsAssemble,
  expectShortLines,
  expectShown,
  inFolderOfPages,
  linkedFiles,
  project,
  readShownCommands,
} from './shown-commands.ts';

const page = readFileSync(join(project, 'docs/convolution.md'), 'utf8');
const commands = readShownCommands(page);
const picture = readFileSync(join(project, 'docs/images/convolution.svg'), 'utf8');

describe('docs/convolution.md', () => {
  inFolderOfPages();

  test('shows commands', () => {
    expect(commands.length).toBeGreaterThanOrEqual(4);
    expect(page.match(/^\$ /gm)).toHaveLength(commands.length);
  });

  test.each(commands)('systole $words', (command) => expectShown(command));

  test('its programs assemble, its links lead somewhere, its lines are short', () => {
    expectProgramsAssemble(page);
    expectShortLines(page);
    expect(linkedFiles(page).filter((path) => !existsSync(path))).toEqual([]);
  });

  test('what it counts is so', () => {
    // 64 output pixels, 27 elements, 8 filters; four tiles of 8×8, or one of 256×256.
    expect(64 * 27 * 8).toBe(13_824);
    expect(64 * (4 * 64 - 27 * 8)).toBe(2_560);
    expect(64 * (256 * 256 - 27 * 8)).toBe(4_180_480);
    expect(((100 * 27 * 8) / 256 ** 2).toFixed(1)).toBe('0.3');
    expect(((100 * 27 * 32) / 256 ** 2).toFixed(1)).toBe('1.3');
    expect(299 * 299 * 3).toBe(268_203);
    expect((299 * 299 * 256) / 1e6).toBeCloseTo(22.9, 1);
  });
});

describe('docs/images/convolution.svg', () => {
  test('is drawn from the present machine: else run scripts/make-convolution-picture.mjs', () => {
    const words = ['scripts/make-convolution-picture.mjs', '--print'];
    const drawn = execFileSync(process.execPath, words, { cwd: project, encoding: 'utf8' });
    expect(picture === drawn).toBe(true);
  });

  test('shows the elements of the windows, by plain loops', () => {
    const image = readProgramFile('convolution.tpu').matrices.get('photo')!.data;
    const valueAt = (pixel: number, element: number): number => {
      if (element >= 27) return 0;
      const tap = Math.floor(element / 3);
      const v = 3 * 2 - 1 + Math.floor(tap / 3);
      const u = pixel * 2 - 1 + (tap % 3);
      return u < 0 ? 128 : image[(v * 16 + u) * 3 + (element % 3)]!;
    };
    const wanted: number[] = [];
    for (let tile = 0; tile < 4; tile++) {
      for (let cycle = 0; cycle < 4 + 7; cycle++) {
        for (let row = 0; row < 8; row++) {
          // A row of the array is r cycles behind row 0.
          const pixel = cycle - row;
          if (pixel >= 0 && pixel < 4) wanted.push(valueAt(pixel, 8 * tile + row));
        }
      }
    }
    const shown = [...picture.matchAll(/class="(?:value|value pad|rest)">(\d+)</g)];
    expect(shown.map(([, value]) => Number(value))).toEqual(wanted);
    expect(picture.match(/class="value pad">128</g)).toHaveLength(9);
    // An empty window of padding only would show nothing of an image.
    expect(new Set(wanted).size).toBeGreaterThan(30);
  });

  test('has tags that are balanced, and colours for a dark page', () => {
    const open: string[] = [];
    for (const [, close, name, rest] of picture.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!rest!.endsWith('/')) open.push(name!);
    }
    expect(open).toEqual([]);
    expect(picture).not.toMatch(/NaN|undefined/);
    expect(picture).toContain('prefers-color-scheme: dark');
  });
});
