/** One mention of another module in a source file. */
export interface ImportSite {
  /** As written, such as `../config/configuration.ts`; undefined if it is computed. */
  readonly specifier: string | undefined;
  /** `import type` or `export type`: gone after compilation. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** After one of these a slash begins a regular expression, after anything else it divides. */
const beforeRegularExpression = /(?:^|[(,=:[!&|?{};+*%<>~^-]|\b(?:return|typeof|case|of|in))\s*$/;

/** Strings, comments and regular expressions that begin at `lastIndex`, in this order. */
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y;
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;

/**
 * The same text with all that is not code turned into spaces: comments, and what stands in
 * strings, templates and regular expressions. Lines, places and quotes stay; so does the code in
 * `${…}`.
 */
export function maskText(source: string): string {
  let masked = '';
  /** Open braces within each template that we are in, the innermost last. */
  const templates: number[] = [];
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = masked.length;
    return pattern.exec(source)?.[0];
  };
  const takeTemplateText = (): void => {
    const text = take(/(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y) ?? '';
    masked += blank(text);
    if (source[masked.length] === '`') masked += '`';
    else {
      masked += '${';
      templates.push(0);
    }
  };
  while (masked.length < source.length) {
    const character = source[masked.length]!;
    const remark = take(comment);
    const text = take(quoted);
    if (remark !== undefined) masked += blank(remark);
    else if (text !== undefined) masked += text[0] + blank(text.slice(1, -1)) + text[0];
    else if (character === '/' && beforeRegularExpression.test(masked)) {
      masked += blank(take(regularExpression) ?? character);
    } else if (character === '`') {
      masked += character;
      takeTemplateText();
    } else if (character === '}' && templates.at(-1) === 0) {
      masked += character;
      templates.pop();
      takeTemplateText();
    } else {
      const depth = templates.length - 1;
      if (depth >= 0 && character === '{') templates[depth]! += 1;
      if (depth >= 0 && character === '}') templates[depth]! -= 1;
      masked += character;
    }
  }
  return masked;
}

/** All imports and re-exports of a TypeScript source, also of types, also by `import(…)`. */
export function findImports(source: string): ImportSite[] {
  const code = maskText(source);
  const statement =
    /\b(?:import|export)\s+(?<type>type\s+(?!from\s))?[^'"();=]*?\bfrom\s*(?<from>['"] *['"])|\bimport\s*(?<bare>['"] *['"])|\bimport\s*\(\s*(?<call>['"] *['"])?/g;
  return [...code.matchAll(statement)].map((match) => {
    const { type, from, bare, call } = match.groups!;
    const name = from ?? bare ?? call;
    const end = match.index + match[0].length;
    return {
      specifier: name && source.slice(end - name.length + 1, end - 1),
      typeOnly: type !== undefined,
      line: lineAt(source, match.index),
    };
  });
}

/** Lines on which one of the names is used as a variable, not as a property or key. */
export function findGlobals(source: string, names: readonly string[]): [string, number][] {
  if (names.length === 0) return [];
  const use = new RegExp(`(?<![.\\w$])(?:globalThis\\??\\.)?(${names.join('|')})\\b(?!\\s*:)`, 'g');
  return [...maskText(source).matchAll(use)].map((m) => [m[1]!, lineAt(source, m.index)]);
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
