import type { PushEvent, RefUpdate } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import { createFilterJudge } from '../../src/filter/push-filter.ts'
import type { SubscriptionFilter } from '../../src/filter/subscription-filter.ts'
import { maxFilterSteps } from '../../src/limits.ts'
import { samplePush, zeroId } from '../samples/sample-push.ts'

const one = '1'.repeat(40)
const two = '2'.repeat(40)

type Paths = NonNullable<RefUpdate['changedPaths']>['values']

function toUpdate(ref: string, more: Partial<RefUpdate> = {}): RefUpdate {
  const target = { commit: null, annotation: null }
  const before = more.before ?? one
  const after = more.after ?? two
  return {
    ref,
    before,
    after,
    isForced: false,
    old: before === zeroId ? null : target,
    new: after === zeroId ? null : target,
    commits: { values: [], hasMore: false },
    ...more,
  }
}

function toPush(...refUpdates: readonly RefUpdate[]): PushEvent {
  return { ...samplePush, refUpdates }
}

const withPaths = (values: Paths, hasMore = false) => ({ changedPaths: { values, hasMore } })

function refusal(filter: SubscriptionFilter, ...refUpdates: readonly RefUpdate[]) {
  return createFilterJudge(toPush(...refUpdates), 1).refusalOf(filter, 'repository')
}

describe('branches and tags', () => {
  test.for<[filter: SubscriptionFilter, ref: string, expected: string | null]>([
    [{ branches: ['main'] }, 'refs/heads/main', null],
    [{ branches: ['main'] }, 'refs/heads/dev', 'branches'],
    [{ branches: ['main'] }, 'refs/tags/main', 'branches'],
    [{ branches: ['**'] }, 'refs/tags/v1', 'branches'],
    [{ branches: ['!main'] }, 'refs/tags/v1', 'branches'],
    [{ branches: ['**'] }, 'refs/notes/commits', 'branches'],
    [{ tags: ['v*'] }, 'refs/tags/v1', null],
    [{ tags: ['v*'] }, 'refs/tags/x1', 'tags'],
    [{ tags: ['**'] }, 'refs/heads/v1', 'tags'],
    [{ tags: ['**'] }, 'refs/changes/01/1/1', 'tags'],
    [{ branches: ['main'], tags: ['v*'] }, 'refs/heads/main', null],
    [{ branches: ['main'], tags: ['v*'] }, 'refs/heads/v1', 'branches'],
    [{ branches: ['main'], tags: ['v*'] }, 'refs/tags/v1', null],
    [{ branches: ['main'], tags: ['v*'] }, 'refs/tags/main', 'tags'],
    [{ branches: ['**'], tags: ['**'] }, 'refs/notes/commits', 'branches'],
    [{ actions: ['updated'] }, 'refs/notes/commits', null],
    [{ paths: ['x'] }, 'refs/notes/commits', null],
    [{ branches: ['heads/main'] }, 'refs/heads/heads/main', null],
    [{ branches: ['a#b%25+c&d=e'] }, 'refs/heads/a#b%25+c&d=e', null],
    [{ branches: ['--help', '<script>'] }, 'refs/heads/<script>', null],
    [{ branches: ['**/日本'] }, 'refs/heads/x/日本', null],
    [{ branches: ['caf\ufffd'] }, 'refs/heads/caf\ufffd', null],
  ])('%o judges %s', ([filter, ref, expected]) => {
    expect(refusal(filter, toUpdate(ref))).toBe(expected)
  })
})

describe('actions', () => {
  const created = toUpdate('refs/heads/a', { before: zeroId })
  const deleted = toUpdate('refs/heads/a', { after: zeroId })
  const updated = toUpdate('refs/heads/a')
  const forced = toUpdate('refs/heads/a', { isForced: true })
  const long = toUpdate('refs/tags/a', { before: '0'.repeat(64), after: 'a'.repeat(64) })

  test.for<
    [actions: SubscriptionFilter['actions'], passing: readonly RefUpdate[], refused: readonly RefUpdate[]]
  >([
    [['created'], [created, long], [updated, forced, deleted]],
    [['updated'], [updated, forced], [created, deleted, long]],
    [['deleted'], [deleted], [created, updated, forced]],
    [['forced'], [forced], [created, updated, deleted]],
    [
      ['created', 'deleted'],
      [created, deleted],
      [updated, forced],
    ],
    [['created', 'updated', 'deleted', 'forced'], [created, updated, deleted, forced], []],
  ])('%o', ([actions = [], passing, refused]) => {
    for (const update of passing) expect(refusal({ actions }, update)).toBeNull()
    for (const update of refused) expect(refusal({ actions }, update)).toBe('actions')
  })
})

describe('paths', () => {
  const latin1 = Uint8Array.from([...new TextEncoder().encode('docs/caf'), 0xe9])
  const utf8 = new TextEncoder().encode('docs/café')

  test.for<[paths: readonly string[], changed: Paths, isHeard: boolean]>([
    [['docs/**'], ['src/a.ts', 'docs/a.md'], true],
    [['docs/**'], ['src/a.ts'], false],
    [['docs/**'], [], false],
    [['**', '!docs/**'], ['docs/a.md'], false],
    [['**', '!docs/**'], ['docs/a.md', 'src/a.ts'], true],
    [['!docs/**'], ['docs/a.md'], false],
    [['!docs/**'], ['docs/a.md', 'README.md'], true],
    [['!docs/**'], [], false],
    [['docs/café'], [utf8], true],
    [['docs/café'], ['docs/café'], true],
    [['docs/caf?'], [utf8], true],
    [['docs/caf?'], [latin1], true],
    [['docs/*'], [latin1], true],
    [['docs/café'], [latin1], false],
    [['docs/caf\ufffd'], [latin1], false],
    [['docs/caf[!a]'], [latin1], true],
    [['docs/caf??'], [utf8], false],
    [['a"b\n* c'.replace('*', '\\*')], ['a"b\n* c'], true],
  ])('%j of %j', ([paths, changed, isHeard]) => {
    expect(refusal({ paths }, toUpdate('refs/heads/a', withPaths(changed)))).toBe(isHeard ? null : 'paths')
  })

  test('that are not known, or not all, keep the push from nobody', () => {
    expect(refusal({ paths: ['docs/**'] }, toUpdate('refs/heads/a'))).toBeNull()
    expect(
      refusal({ paths: ['docs/**'] }, toUpdate('refs/heads/a', withPaths(['src/a.ts'], true))),
    ).toBeNull()
    expect(refusal({ paths: ['docs/**'] }, toUpdate('refs/heads/a', withPaths([], true)))).toBeNull()
  })
})

describe('of several refs', () => {
  const main = toUpdate('refs/heads/main', withPaths(['src/a.ts']))
  const dev = toUpdate('refs/heads/dev', withPaths(['docs/a.md']))
  const tag = toUpdate('refs/tags/v1', { before: zeroId })

  test.for<[filter: SubscriptionFilter, refs: readonly RefUpdate[], expected: string | null]>([
    [{ branches: ['main'] }, [dev, tag, main], null],
    [{ branches: ['main'], tags: ['v*'] }, [dev, tag], null],
    // No single ref passes both lists.
    [{ branches: ['main'], paths: ['docs/**'] }, [main, dev], 'paths'],
    [{ branches: ['dev'], paths: ['docs/**'] }, [main, dev], null],
    [{ branches: ['main'], actions: ['created'] }, [main, tag], 'actions'],
    [{ tags: ['v*'], actions: ['deleted'] }, [main, tag], 'actions'],
    [{ branches: ['x'], tags: ['x'] }, [main, tag], 'branches'],
    [{ branches: ['x'], tags: ['x'] }, [tag, main], 'tags'],
    [{ actions: ['created'], paths: ['docs/**'] }, [dev, { ...tag, ...withPaths(['x']) }], 'paths'],
  ])(
    'one that passes all lists of %o is enough; else the list that refused the one which came furthest is told',
    ([filter, refs, expected]) => {
      expect(refusal(filter, ...refs)).toBe(expected)
    },
  )

  test.for<[filter: SubscriptionFilter, expected: string]>([
    [{ branches: ['**'] }, 'branches'],
    [{ tags: ['**'], paths: ['**'] }, 'tags'],
    [{ actions: ['created', 'updated', 'deleted', 'forced'] }, 'actions'],
    [{ paths: ['**'] }, 'paths'],
  ])('none is none that passes: %o', ([filter, expected]) => {
    expect(refusal(filter)).toBe(expected)
  })

  test('many are judged alike for many subscriptions', () => {
    const refs = Array.from({ length: 1_000 }, (_, index) => toUpdate(`refs/heads/b${index}`))
    const judge = createFilterJudge(toPush(...refs), 1)
    for (let index = 0; index < 50; index += 1) {
      expect(judge.refusalOf({ branches: [`b${index * 20}`] }, 'repository')).toBeNull()
      expect(judge.refusalOf({ branches: [`c${index}`, '!b*'] }, 'repository')).toBe('branches')
    }
  })
})

describe('a push that is too much to look through', () => {
  /** Patterns whose sets of positions are ever new. */
  const hostile = Array.from({ length: 50 }, () => `**a${'?'.repeat(240)}c`)
  const changed = Array.from({ length: 2_000 }, (_, index) => toName(index + 1, 1_000))
  const event = toPush(toUpdate('refs/heads/a', withPaths(changed)))

  test('passes: nobody loses an event for it', () => {
    expect(createFilterJudge(event, 1).refusalOf({ paths: hostile }, 'repository')).toBeNull()
  })

  test('is judged as ever by a filter that is simple', () => {
    const judge = createFilterJudge(event, 1)
    expect(judge.refusalOf({ paths: hostile }, 'repository')).toBeNull()
    expect(judge.refusalOf({ paths: ['docs/**'] }, 'repository')).toBe('paths')
    expect(judge.refusalOf({ branches: ['b'] }, 'repository')).toBe('branches')
  })

  test('passes all filters that come after too many others, but for actions', () => {
    const judge = createFilterJudge(event, 1)
    for (let count = 0; count < 4; count += 1)
      expect(judge.refusalOf({ paths: hostile }, 'repository')).toBeNull()
    expect(judge.refusalOf({ paths: ['docs/**'] }, 'repository')).toBeNull()
    expect(judge.refusalOf({ actions: ['created'], paths: ['docs/**'] }, 'repository')).toBe('actions')
  })
})

describe('steps', () => {
  const event = toPush(toUpdate('refs/heads/a'))
  /** What takes no time to match, and some to read: 50 · 255 characters. */
  const long = Array.from({ length: 50 }, (_, index) => `b${index}`.padEnd(255, 'b'))

  test('are spent on reading patterns too, for which the filters of a subject have 20,000,000', () => {
    const judge = createFilterJudge(event, 1)
    const refusals = Array.from({ length: 150 }, () => judge.refusalOf({ branches: long }, 'repository'))
    // 12 for each character, 2 for the name, and what it takes to find that nothing begins with it.
    const judged = refusals.filter((name) => name === 'branches').length
    expect(judged).toBeGreaterThan(120)
    expect(judged).toBeLessThanOrEqual(20_000_000 / (50 * 255 * 12))
    expect(refusals.indexOf(null)).toBe(judged)
  })

  test('are not spent on patterns that nothing is compared with', () => {
    const judge = createFilterJudge(event, 1)
    for (let count = 0; count < 1_000; count += 1)
      expect(judge.refusalOf({ branches: ['b'], tags: long, paths: long }, 'repository')).toBe('branches')
  })

  test('are looked after before patterns are read', () => {
    const name = `refs/heads/${'a'.repeat(maxFilterSteps)}`
    const judge = createFilterJudge(toPush(toUpdate(name)), 4)
    expect(judge.refusalOf({ branches: ['**b'] }, 'repository')).toBeNull()
    // It would throw if it was read.
    expect(judge.refusalOf({ branches: ['['] }, 'repository')).toBeNull()
  })

  test('are the same for each subject, whatever the filters of others spend', () => {
    const judge = createFilterJudge(toPush(toUpdate(`refs/heads/${'a'.repeat(100_000)}`)), 3)
    const filter = { branches: ['**b'] }
    const refusalsOf = (subject: string) =>
      Array.from({ length: 100 }, () => judge.refusalOf(filter, subject)).filter((name) => name !== null)
        .length
    const [first = 0, ...others] = ['repository', 'project', 'workspace'].map(refusalsOf)
    // A third of 20,000,000 steps, and each filter takes 100,000 and some.
    expect([first > 60, first < 67]).toEqual([true, true])
    expect(others).toEqual([first, first])
  })

  test('are spent on every name, however soon it is told', () => {
    const judge = createFilterJudge(
      toPush(toUpdate('refs/heads/a', withPaths(Array.from({ length: 10_000 }, () => 'x')))),
      1,
    )
    const refusals = Array.from({ length: 1_000 }, () => judge.refusalOf({ paths: ['b'] }, 'repository'))
    // Two for each name, and one for its only character.
    expect(refusals.indexOf(null)).toBeGreaterThan(600)
    expect(refusals.indexOf(null)).toBeLessThanOrEqual(20_000_000 / 30_000)
  })
})

/** Letters in an order of its own for each seed (a linear congruential generator). */
function toName(seed: number, length: number): string {
  let state = seed
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state < 1_000_000_000 ? 'a' : 'b'
  }).join('')
}

describe('bytes that are not UTF-8', () => {
  const stray = new Uint8Array([0xff])

  test.for<[pattern: string, expected: string | null]>([
    ['[a-\u{10ffff}]', 'paths'],
    ['[!a]', null],
    ['?', null],
  ])('meet %j only where it stands for any character', ([pattern, expected]) => {
    expect(refusal({ paths: [pattern] }, toUpdate('refs/heads/main', withPaths([stray])))).toBe(expected)
  })

  test('cost three steps each', () => {
    const half = [new Uint8Array(maxFilterSteps / 2).fill(0xff)]
    const judge = createFilterJudge(toPush(toUpdate('refs/heads/main', withPaths(half))), 1)
    expect(judge.refusalOf({ paths: ['docs/**'] }, 'repository')).toBeNull()
    const quarter = [new Uint8Array(maxFilterSteps / 4).fill(0xff)]
    expect(refusal({ paths: ['docs/**'] }, toUpdate('refs/heads/main', withPaths(quarter)))).toBe('paths')
  })

  test('are read no further than there are steps, and what was not read passes', () => {
    const long = Array.from({ length: 20 }, () => new Uint8Array(maxFilterSteps).fill(0xff))
    expect(refusal({ paths: ['docs/**'] }, toUpdate('refs/heads/main', withPaths(long)))).toBeNull()
  })
})

test('a branch that was not judged when the steps were spent passes', () => {
  const names = Array.from(
    { length: 200 },
    (_, index) => `refs/heads/${'a'.repeat(maxFilterSteps / 100)}${index}`,
  )
  expect(refusal({ branches: ['*b'] }, ...names.slice(0, 10).map((name) => toUpdate(name)))).toBe('branches')
  expect(refusal({ branches: ['*b'] }, ...names.map((name) => toUpdate(name)))).toBeNull()
})
