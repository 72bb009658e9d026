/** Control characters but for tabs and line ends, and those that turn the direction of writing. */
const invisible = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that came from a file, fit for a terminal: what could steer it becomes U+FFFD, one for each
 * character, so that columns stay what they are.
 */
export function makeVisible(text: string): string {
  return text.replace(invisible, '\ufffd');
}
