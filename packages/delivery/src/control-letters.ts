/** The letters that stand for control characters after a backslash. */
const letters: ReadonlyMap<string, string> = new Map([
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
  ['\b', 'b'],
  ['\f', 'f'],
  ['\v', 'v'],
  ['\0', '0'],
])

/** Those that have letters in Python, in JSON, in C and in JavaScript. */
const lettered = [/[\n\r\t]/g, /[\n\r\t\b\f]/g, /[\n\r\t\b\f\v]/g, /[\n\r\t\b\f\v\0]/g]

/**
 * Letters for line breaks and tabs. Undoing an escape leaves the letter, since nobody can tell whether its backslash stood for
 * anything; so texts are compared with letters for both.
 */
export function linesToLetters(text: string): string {
  return text.replaceAll(/[\n\r\t]/g, toLetter)
}

/** A text as it is, and with letters for its control characters in each of the ways that languages do that. */
export function controlsToLetters(text: string): readonly string[] {
  return [...new Set([text, ...lettered.map((controls) => text.replaceAll(controls, toLetter))])]
}

function toLetter(control: string): string {
  return letters.get(control) ?? control
}
