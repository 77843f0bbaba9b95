import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packInOrder } from '../../src/cut/pack-in-order.ts'

const empty = { bytes: 10 }
const sumOf = (group: readonly number[]): number => group.reduce((sum, item) => sum + item, empty.bytes)

function pack(items: readonly number[], maxBytes: number): readonly (readonly number[])[] {
  const groups = [...packInOrder(items, maxBytes, empty, ({ bytes }, item) => ({ bytes: bytes + item }))]
  for (const { items: group, bytes } of groups) expect(bytes).toBe(sumOf(group))
  return groups.map(({ items: group }) => group)
}

test('Groups hold all items in order, are within the bound unless of one item, and no next item would have fitted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60)), fc.integer({ min: 10, max: 100 }), (items, maxBytes) => {
      const groups = pack(items, maxBytes)
      expect(groups.flat()).toEqual(items)
      for (const [index, group] of groups.entries()) {
        expect(group.length === 1 || sumOf(group) <= maxBytes).toBe(true)
        const next = groups[index + 1]?.[0]
        if (next !== undefined) expect(sumOf([...group, next])).toBeGreaterThan(maxBytes)
      }
    }),
  )
})

test('An item without bounds stands alone, and those behind it are packed as ever', () => {
  expect(pack([1, Number.POSITIVE_INFINITY, 2, 3], 100)).toEqual([[1], [Number.POSITIVE_INFINITY], [2, 3]])
})

test('A group is there before more than one item behind it was looked at', () => {
  const seen: number[] = []
  const [first] = packInOrder([60, 60, 60, 60], 100, empty, ({ bytes }, item) => {
    seen.push(item)
    return { bytes: bytes + item }
  })
  expect([first, seen]).toEqual([{ items: [60], bytes: 70 }, [60, 60]])
})
