const maxShownLength = 60

/**
 * A refused value as an error message may show it: short, on one line, and never what is inside an object. Never for a
 * secret or a URL; see {@link describeType}.
 */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value)
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describeType(value)
}

/** What kind of value it is, for values that must not be shown. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value)
  } catch {
    // A proxy that was revoked.
    return false
  }
}
