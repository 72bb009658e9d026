/** How often the text of a mutant occurs in its file; it must be once. */
export function countOccurrences({ find }, text) {
  return text.split(find).length - 1;
}

/** The text of the file with the fault in it. */
export function plant(mutant, text) {
  const occurrences = countOccurrences(mutant, text);
  if (occurrences !== 1) throw new Error(describeStale(mutant, occurrences));
  // By a function, because `$` has a meaning in a replacement text.
  return text.replace(mutant.find, () => mutant.replace);
}

export function describeStale({ name, file }, occurrences) {
  return `mutant is stale: ${name}: its text occurs ${occurrences} times in ${file}, not once`;
}
