/**
 * A document with values put into one of its lists, which is the first under that key and empty. Quotes within strings are escaped,
 * so what is found is a key.
 * @param values JSON, with commas between
 */
export function fillList(json: string, key: string, values: string): string {
  const opening = `"${key}":[`
  const at = json.indexOf(opening) + opening.length
  return json.slice(0, at) + values + json.slice(at)
}
