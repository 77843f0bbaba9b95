import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Timeline } from '../src/timeline.ts'

interface Item {
  readonly at: number
  readonly seq: number
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), at: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constant('remove' as const), place: fc.nat(30) }),
  ),
  { maxLength: 200 },
)

test('a timeline gives its items by time and order of writing, whatever was added and removed', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 9 }), fc.nat(200), (all, at, seq) => {
      const timeline = new Timeline<Item>((item) => item.at)
      const held: Item[] = []
      for (const [place, step] of all.entries()) {
        if (step.kind === 'add') {
          const item = { at: step.at, seq: place }
          timeline.add(item)
          held.push(item)
        } else {
          const [item] = held.splice(step.place, 1)
          if (item !== undefined) timeline.remove(item)
        }
        expect(timeline.size).toBe(held.length)
        expect(timeline.first()).toBe(held.toSorted(byPlace)[0])
      }
      const sorted = held.toSorted(byPlace)
      expect([...timeline.oldestFirst()]).toEqual(sorted)
      expect([...timeline.newestFirst(null)]).toEqual(sorted.toReversed())
      const before = sorted.filter((item) => byPlace(item, { at, seq }) < 0)
      expect([...timeline.newestFirst({ at, seq })]).toEqual(before.toReversed())
    }),
  )
})

test('a timeline whose times were changed is in order again when it is sorted', () => {
  const items = [5, 1, 3, 2, 4].map((at, seq) => ({ at, seq }))
  const third = items[2]
  const timeline = new Timeline<{ at: number; readonly seq: number }>((item) => item.at)
  for (const item of items) timeline.add(item)
  // One that left from the middle is only marked.
  if (third !== undefined) timeline.remove(third)
  for (const item of items) item.at = 9 - item.at
  timeline.resort()
  expect([...timeline.oldestFirst()]).toEqual(items.filter((item) => item !== third).toSorted(byPlace))
  expect(timeline.size).toBe(4)
  timeline.add({ at: 6, seq: 9 })
  expect([...timeline.newestFirst(null)].map(({ at }) => at)).toEqual([8, 7, 6, 5, 4])
})

function byPlace(one: Item, other: Item): number {
  return one.at - other.at || one.seq - other.seq
}
