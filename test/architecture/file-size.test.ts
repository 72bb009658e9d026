import { expect, it } from 'vitest';
import { readTexts } from './project-files.ts';

const linesLimit = 400;

/** Files that may be longer, and why. */
const reasons: Readonly<Record<string, string>> = {
  'src/sequencer/sequencer.ts':
    'the one loop of time with dispatch, work and retirement, which are read together',
};

function findLongFiles(): string[] {
  return ['src', 'test', 'scripts', 'bin'].flatMap((folder) =>
    [...readTexts(folder, /\.(?:ts|mjs|js)$/)]
      .filter(([, text]) => text.trimEnd().split('\n').length > linesLimit)
      .map(([path]) => `${folder}/${path}`),
  );
}

it(`no file has more than ${linesLimit} lines without a reason, and no reason is out of date`, () => {
  expect(findLongFiles().sort()).toEqual(Object.keys(reasons).sort());
});
