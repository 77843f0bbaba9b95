const maxShownLength = 60

/**
 * A refused value as an error message may show it: short, on one line, and never what is inside an object. For what comes from
 * Git or from the model of an event; of options and subscriptions no text is shown, see {@link describeUnlessText}.
 */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value)
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describeType(value)
}

/**
 * A refused option, or field of a subscription: numbers are shown and texts are not. Whoever misplaces a secret pastes it into
 * whatever field comes next, and errors go into logs.
 */
export function describeUnlessText(value: unknown): string {
  return typeof value === 'string' ? describeType(value) : describeValue(value)
}

/** The longest name of an option that is shown; the shortest key that anybody encrypts or signs with takes 32 characters. */
const maxNameLength = 30

/** The name of a member that is not known, in quotes; only that there is one if it may be a secret that was taken for a name. */
export function describeName(name: string): string {
  return isShowableName(name) ? `\`${name}\`` : '(name not shown)'
}

/** Whether a name may be shown: short, and of letters, digits, `.`, `-` and `_`. */
export function isShowableName(name: string): boolean {
  return name.length <= maxNameLength && /^[\w.-]+$/.test(name)
}

/** What kind of value it is, for values that must not be shown. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Whether it is an array; false for a proxy that was revoked, at which `Array.isArray` throws. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}
