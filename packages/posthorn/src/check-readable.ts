import { InvalidInputError } from '@posthorn/core'

/**
 * Refuses proxies that were revoked, at which whatever is asked of them throws, as options or in lists of them.
 * @throws {InvalidInputError} `option.invalid`
 */
export function checkReadable(options: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(options)) {
    if (isReadable(value) && (!Array.isArray(value) || value.every(isReadable))) continue
    const message = `Expected \`${field}\` to be readable, but reading it threw.`
    throw new InvalidInputError({ code: 'option.invalid', field, message })
  }
}

function isReadable(value: unknown): boolean {
  try {
    Object.getPrototypeOf(Object(value))
    return true
  } catch {
    return false
  }
}
