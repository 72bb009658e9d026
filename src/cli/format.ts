/** `1,234,567`. */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A share of a whole as `12.3 %`; 0 of 0 is 0. */
export function formatPercent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;
}

/** Seconds with a unit that leaves one to three digits before the point. */
export function formatDuration(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${seconds.toFixed(seconds >= 100 ? 0 : 2)} s`;
  const units = [
    ['ms', 1e3],
    ['µs', 1e6],
    ['ns', 1e9],
  ] as const;
  const [unit, factor] = units.find(([, f]) => seconds * f >= 1) ?? units[2];
  return `${(seconds * factor).toFixed(2)} ${unit}`;
}

/** Text broken at blanks into lines of at most `width` characters. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
