import { invalid } from './subscription-fields.ts'

/** The items of an array, each read once, and one more than may be at most; null if it is no array. */
export function readPlainList(field: string, value: unknown, maxCount: number): readonly unknown[] | null {
  try {
    if (!Array.isArray(value)) return null
    const list: readonly unknown[] = value
    return Array.from({ length: Math.min(list.length, maxCount + 1) }, (_, index) => list[index])
  } catch (cause) {
    throw invalid(field, `Expected \`${field}\` to be readable, but reading it threw.`, cause)
  }
}
