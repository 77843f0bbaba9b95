import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SortedKeys } from '../src/sorted-keys.ts'

test('keys are walked in order from any string on, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), fc.string(), (added, removed, from) => {
      const keys = new SortedKeys()
      for (const key of added) keys.add(key)
      for (const key of removed) keys.remove(key)
      const expected = [...new Set(added)].filter((key) => !removed.includes(key)).sort()
      expect([...keys.values()]).toEqual(expected)
      expect(keys.size).toBe(expected.length)
      expect(keys.after(null)).toBe(expected[0])
      expect(keys.after(from)).toBe(expected.find((key) => key > from))
    }),
  )
})
