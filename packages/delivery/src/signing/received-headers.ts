/**
 * The headers of a request: those of `node:http`, an object of strings, a `Headers` whoever made it (the global one, that of undici
 * or of node-fetch), or pairs of name and value.
 */
export type ReceivedHeaders =
  | Headers
  | Iterable<readonly [string, string]>
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The value of a header, whatever the capitals of its name. Null if there is none, or more than one: then nobody can say which
 * of them was meant.
 */
export function readHeader(headers: unknown, name: string): string | null {
  try {
    const found = findAll(headers, name)
    const [value] = found
    return found.length === 1 && typeof value === 'string' ? value : null
  } catch {
    // An object of somebody else's, whose members throw.
    return null
  }
}

function findAll(headers: unknown, name: string): readonly unknown[] {
  if (typeof headers !== 'object' || headers === null) return []
  if (!(Symbol.iterator in headers) && 'get' in headers && typeof headers.get === 'function') {
    const value: unknown = headers.get(name)
    return [value]
  }
  const wanted = name.toLowerCase()
  return listPairs(headers).flatMap(([given, value]): readonly unknown[] => {
    if (typeof given !== 'string' || given.toLowerCase() !== wanted || value === undefined) return []
    return Array.isArray(value) ? value : [value]
  })
}

function listPairs(headers: object): readonly (readonly unknown[])[] {
  return isIterable(headers) ? [...headers].filter((pair) => Array.isArray(pair)) : Object.entries(headers)
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function'
}
