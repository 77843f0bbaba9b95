import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap } from '../src/heap.ts'

interface Item {
  readonly key: number
}

type Step =
  | { readonly kind: 'push'; readonly key: number }
  | { readonly kind: 'pop' }
  | { readonly kind: 'remove'; readonly place: number }

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('push' as const), key: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ kind: fc.constant('pop' as const) }),
    fc.record({ kind: fc.constant('remove' as const), place: fc.nat(50) }),
  ),
  { maxLength: 200 },
)

test('a heap gives the smallest of what it holds, whatever was pushed and removed', () => {
  fc.assert(
    fc.property(steps, (all: readonly Step[]) => {
      const heap = new Heap<Item>((one, other) => one.key < other.key)
      const held: Item[] = []
      for (const step of all) {
        apply(step, heap, held)
        expect(heap.size).toBe(held.length)
        expect(heap.first()?.key).toBe(
          held.length === 0 ? undefined : Math.min(...held.map(({ key }) => key)),
        )
      }
    }),
  )
})

test('removing what a heap does not hold changes nothing', () => {
  const heap = new Heap<Item>((one, other) => one.key < other.key)
  const item = { key: 1 }
  heap.push(item)
  heap.remove({ key: 1 })
  expect(heap.size).toBe(1)
  expect(heap.has(item)).toBe(true)
  heap.remove(item)
  heap.remove(item)
  expect(heap.size).toBe(0)
  expect(heap.first()).toBeUndefined()
})

function apply(step: Step, heap: Heap<Item>, held: Item[]): void {
  if (step.kind === 'push') {
    const item = { key: step.key }
    heap.push(item)
    held.push(item)
    return
  }
  const item = step.kind === 'pop' ? heap.first() : held[step.place]
  if (item === undefined) return
  heap.remove(item)
  held.splice(held.indexOf(item), 1)
}
