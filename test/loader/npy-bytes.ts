/** A .npy file from the text of its header, padded as numpy does unless `padded` is false. */
export function makeNpy(
  dictionary: string,
  values: ArrayLike<number>,
  { version = 1, padded = true }: { version?: number; padded?: boolean } = {},
): Uint8Array {
  const prefix = version === 1 ? 10 : 12;
  let text = dictionary;
  if (padded) {
    const total = Math.ceil((prefix + text.length + 1) / 64) * 64;
    text = `${text.padEnd(total - prefix - 1)}\n`;
  }
  const file = new Uint8Array(prefix + text.length + values.length);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  file.set(new TextEncoder().encode(text), prefix);
  file.set(values, prefix + text.length);
  return file;
}

/** The header of an int8 matrix in C order. */
export function dictionaryOf(shape: string, descr = '|i1', order = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
}
