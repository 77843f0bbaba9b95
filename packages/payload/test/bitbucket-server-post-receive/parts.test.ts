import type { DialectCaps, PushEvent } from '@posthorn/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitbucketServerPostReceive } from '../../src/index.ts'
import { commit, modify } from '../fixtures/commits.ts'
import { site } from '../fixtures/entities.ts'
import { partsOf } from '../fixtures/parts-of.ts'
import { branchCreate, push } from '../fixtures/pushes.ts'

/** Of one digit, so that what a body says of its limit takes the same bytes whatever the limit. */
const maxChanges = 9

function pushOf(paths: readonly (readonly string[])[]): PushEvent {
  const values = paths.map((ofCommit, index) =>
    commit(index + 2, { changes: { values: ofCommit.map((path) => modify(path, 1)), hasMore: false } }),
  )
  return push([{ ...branchCreate, commits: { values, hasMore: false } }])
}

function build(event: PushEvent, caps: Partial<DialectCaps>): Uint8Array {
  return bodiesOf(event, caps)[0] ?? new Uint8Array()
}

function bodiesOf(event: PushEvent, caps: Partial<DialectCaps>): readonly Uint8Array[] {
  return partsOf(bitbucketServerPostReceive, event, {
    site,
    variant: 'default',
    caps: { ...bitbucketServerPostReceive.defaultCaps, maxBodyBytes: 1_000_000_000, maxChanges, ...caps },
  })
}

function refCountOf(bytes: Uint8Array): number {
  return JSON.parse(new TextDecoder().decode(bytes)).refChanges.length
}

/** How many changesets a body shows, and how many changes of each. */
function countsOf(bytes: Uint8Array): readonly [changesets: number, changes: readonly number[]] {
  const { changesets } = JSON.parse(new TextDecoder().decode(bytes))
  const sizes = changesets.values.map(({ changes }: { changes: { size: number } }) => changes.size)
  return [changesets.size, sizes]
}

test('A changeset shows two changes where one, with the link to its long path, would be too long', () => {
  const event = pushOf(Array.from({ length: 10 }, () => ['p'.repeat(4_000), 'a', 'b', 'c']))
  const [one, two, three] = [1, 2, 3].map((count) => build(event, { maxChanges: count }).length)
  expect(two).toBeLessThan(one ?? 0)
  expect(three).toBeGreaterThan(two ?? 0)
  expect(countsOf(build(event, { maxBodyBytes: two ?? 0 }))).toEqual([
    10,
    Array.from({ length: 10 }, () => 2),
  ])
})

test('Changes give way one after the other before a changeset does, where the last that has room has a long path', () => {
  const event = pushOf(Array.from({ length: 5 }, () => ['a', 'b', 'p'.repeat(4_000), 'q'.repeat(4_000)]))
  const [two, three, four] = [2, 3, 4].map((count) => build(event, { maxChanges: count }).length)
  // Room for the third change of each, but not for the links to it.
  const maxBodyBytes = (three ?? 0) - 1
  expect([two, four].map((bytes) => (bytes ?? 0) <= maxBodyBytes)).toEqual([true, false])
  expect(countsOf(build(event, { maxBodyBytes }))).toEqual([5, Array.from({ length: 5 }, () => 2)])
})

test.for([1, 2])('A part is filled to the last byte (%i commits of its last ref)', (count) => {
  const [one, two, other] = ['main', 'next', 'last'].map((name, index) => ({
    ...branchCreate,
    ref: `refs/heads/${name}`,
    commits: { values: [commit(2), commit(3)].slice(0, index === 1 ? count : 1), hasMore: false },
  }))
  if (one === undefined || two === undefined || other === undefined) throw new Error('There are three.')
  const full = bodiesOf(push([one, two]), { maxCommits: 1 })[0]?.length ?? 0
  const caps = { maxCommits: 1, maxBodyBytes: full }
  expect(bodiesOf(push([one, two, other]), caps).map(refCountOf)).toEqual([2, 1])
  const fewer = { ...caps, maxBodyBytes: full - 1 }
  expect(bodiesOf(push([one, two, other]), fewer).map(refCountOf)).toEqual([1, 1, 1])
})

test('Changesets show as many changes as there is room for, whatever the lengths of their paths', () => {
  const path = fc.integer({ min: 0, max: 12 }).map((digits) => 'p'.repeat(2 ** digits))
  const paths = fc.array(fc.array(path, { maxLength: maxChanges }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(paths, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const event = pushOf(given)
      const lengths = Array.from(
        { length: maxChanges },
        (_, index) => build(event, { maxChanges: index + 1 }).length,
      )
      const least = Math.min(...lengths)
      const maxBodyBytes = Math.floor(least + share * (Math.max(...lengths) - least))
      const most = lengths.findLastIndex((length) => length <= maxBodyBytes) + 1
      const expected = given.map(({ length }) => Math.min(length, most))
      expect(countsOf(build(event, { maxBodyBytes }))).toEqual([given.length, expected])
    }),
  )
})

test.for([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])(
  'The page of changesets is the last unless there is more of any ref: %j',
  ([ofFirst = false, ofSecond = false]) => {
    const event = push([
      { ...branchCreate, commits: { values: [commit(3)], hasMore: ofFirst } },
      { ...branchCreate, ref: 'refs/heads/other', commits: { values: [commit(4)], hasMore: ofSecond } },
    ])
    const { changesets } = JSON.parse(new TextDecoder().decode(build(event, {})))
    expect([changesets.size, changesets.isLastPage]).toEqual([2, !ofFirst && !ofSecond])
  },
)
