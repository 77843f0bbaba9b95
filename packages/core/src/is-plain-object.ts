import { isArray } from './describe-value.ts'

/** Whether it is an object literal or came from JSON, in any realm. What cannot be read, such as a proxy that was revoked, is none. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isArray(value)) return false
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === null || Object.getPrototypeOf(prototype) === null
  } catch {
    return false
  }
}
