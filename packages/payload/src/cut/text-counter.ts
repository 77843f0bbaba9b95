import { jsonLength } from './json-length.ts'

/** {@link jsonLength}, counted once for each text however many tries at a body there are. For texts that live as long as the event. */
export type TextCounter = (text: string) => number

export function createTextCounter(): TextCounter {
  // Most pushes have no text that is counted.
  let counted: Map<string, number> | null = null
  return (text) => {
    counted ??= new Map()
    const known = counted.get(text)
    if (known !== undefined) return known
    const length = jsonLength(text)
    counted.set(text, length)
    return length
  }
}
