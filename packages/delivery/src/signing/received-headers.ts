/** The headers of a request: those of `node:http`, a `Headers`, or an object of strings. */
export type ReceivedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The value of a header, whatever the capitals of its name. Null if there is none, or more than one: then nobody can say which
 * of them was meant.
 */
export function readHeader(headers: unknown, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null
  if (headers instanceof Headers) return headers.get(name)
  const wanted = name.toLowerCase()
  const found = Object.entries(headers).flatMap(([given, value]): readonly unknown[] => {
    if (given.toLowerCase() !== wanted || value === undefined) return []
    return Array.isArray(value) ? value : [value]
  })
  const [value] = found
  return found.length === 1 && typeof value === 'string' ? value : null
}
