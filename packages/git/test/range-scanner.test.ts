import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRangeScanner } from '../src/ranges/range-scanner.ts'

const before = 'b'.repeat(40)
const toId = (index: number) => index.toString(16).padStart(40, '0')

test('output in any pieces gives the same range', () => {
  fc.assert(
    fc.property(
      fc.record({
        count: fc.integer({ min: 0, max: 12 }),
        maxCount: fc.integer({ min: 0, max: 14 }),
        childOfBefore: fc.option(fc.integer({ min: 0, max: 11 })),
        pieces: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      }),
      ({ count, maxCount, childOfBefore, pieces }) => {
        const ids = Array.from({ length: count }, (_, index) => toId(index))
        const lines = ids.map((id, index) => `${id} ${index === childOfBefore ? before : toId(index + 1)}\n`)
        const scanner = createRangeScanner(before, maxCount)
        const output = lines.join('')

        let wasDone = false
        for (let start = 0, turn = 0; start < output.length && !wasDone; turn += 1) {
          const end = start + (pieces[turn % pieces.length] ?? 1)
          scanner.add(output.slice(start, end))
          wasDone = scanner.isDone()
          start = end
        }

        expect(scanner.result()).toEqual({
          hashes: ids.slice(0, maxCount),
          hasMore: count > maxCount,
          isFastForward: childOfBefore !== null && childOfBefore < count,
        })
      },
    ),
  )
})

test('nothing more is wanted once the page is full and the old commit was met', () => {
  const scanner = createRangeScanner(before, 1)
  scanner.add(`${toId(0)} ${toId(1)}\n${toId(1)} ${toId(2)}\n`)
  expect(scanner.isDone()).toBe(false)
  scanner.add(`${toId(2)} ${before}\n`)
  expect(scanner.isDone()).toBe(true)
})

test('of a line nothing is kept but its id, longer though it is than a string can be', () => {
  const scanner = createRangeScanner(before, 5)
  const parents = ` ${toId(7)}`.repeat(1_600_000)
  scanner.add(toId(0))
  for (let count = 0; count < 9; count += 1) scanner.add(parents)
  scanner.add(` ${before}\n${toId(1)}\n`)
  expect(scanner.result()).toEqual({ hashes: [toId(0), toId(1)], hasMore: false, isFastForward: true })
})
