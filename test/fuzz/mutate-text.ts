import type { Draw } from './draw.ts';

type Mutation = (draw: Draw, text: string) => string;

/** Texts with some random changes, in which `words` turn up. */
export function mutateText(draw: Draw, texts: readonly string[], words: readonly string[]): string {
  const mutations: readonly Mutation[] = [
    (d, text) => changeLines(d, text),
    (d, text) => changeToken(d, text, words),
    (d, text) => changeToken(d, text, words),
    changeNumber,
    (d, text) => changeCharacters(d, text),
    (d, text) => splice(d, text, d.pick(texts)),
    (d, text) => text.slice(0, d.below(text.length + 1)),
  ];
  let text = draw.pick(texts);
  for (let times = draw.pick([1, 1, 2, 5]); times > 0; times--)
    text = draw.pick(mutations)(draw, text);
  return text;
}

/** Leaves a line out, doubles it or moves it. */
function changeLines(draw: Draw, text: string): string {
  const lines = text.split('\n');
  const [line = ''] = lines.splice(draw.below(lines.length), draw.once(3) ? 0 : 1);
  const what = draw.below(3);
  if (what > 0) lines.splice(draw.below(lines.length + 1), 0, ...draw.list(what, () => line));
  return lines.join('\n');
}

/** Leaves a word or sign out, or puts another in its place or beside it. */
function changeToken(draw: Draw, text: string, words: readonly string[]): string {
  const tokens = text.split(/\b/);
  const at = draw.below(tokens.length);
  const word = draw.once(3) ? draw.pick(tokens) : draw.pick(words);
  if (draw.once(4)) tokens.splice(at, 1);
  else tokens.splice(at, draw.below(2), word);
  return tokens.join('');
}

function changeNumber(draw: Draw, text: string): string {
  const numbers = [...text.matchAll(/[0-9]+/g)];
  if (numbers.length === 0) return text;
  const { index, 0: old } = draw.pick(numbers);
  const near = Number(old) + draw.pick([-1, 1]);
  const written = draw.once(2) ? String(near) : String(draw.number() * draw.pick([1, 1, -1]));
  return text.slice(0, index) + written + text.slice(index + old.length);
}

function changeCharacters(draw: Draw, text: string): string {
  const at = draw.below(text.length + 1);
  const characters = draw.list(draw.below(4), () => String.fromCharCode(drawCharacter(draw)));
  return text.slice(0, at) + characters.join('') + text.slice(at + draw.below(3));
}

function drawCharacter(draw: Draw): number {
  if (draw.once(4)) return draw.below(0x10000);
  return draw.once(4) ? draw.below(0x20) : draw.between(0x20, 0x7e);
}

function splice(draw: Draw, a: string, b: string): string {
  return a.slice(0, draw.below(a.length + 1)) + b.slice(draw.below(b.length + 1));
}
