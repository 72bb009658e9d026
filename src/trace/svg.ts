/** Attributes of an SVG element; numbers are rounded to hundredths. */
export type SvgAttributes = Readonly<Record<string, string | number>>;

/** Replaces what has a meaning in XML. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function formatAttributes(attributes: SvgAttributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      const text = typeof value === 'number' ? `${Math.round(value * 100) / 100}` : value;
      return ` ${name}="${escapeXml(text)}"`;
    })
    .join('');
}

/** An element with the elements inside it. */
export function drawElement(
  name: string,
  attributes: SvgAttributes,
  children: readonly string[] = [],
): string {
  const open = `<${name}${formatAttributes(attributes)}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('\n')}</${name}>`;
}

/** A line of text. */
export function drawText(
  x: number,
  y: number,
  text: string,
  attributes: SvgAttributes = {},
): string {
  return `<text${formatAttributes({ x, y, ...attributes })}>${escapeXml(text)}</text>`;
}
