import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { thrownBy } from '../samples/thrown-by.ts'

describe('a filter that is taken', () => {
  test.for([
    { branches: ['main'] },
    { tags: ['v*', '!*-rc*'] },
    { actions: ['created', 'updated', 'deleted', 'forced'] },
    { paths: ['docs/**', '!docs/drafts/**', '\\[id\\]/[a-z]?'] },
    { branches: ['**'], tags: ['*'], actions: ['forced'], paths: ['x'] },
    { branches: Array.from({ length: 50 }, (_, index) => `b${index}`) },
    { branches: ['x'.repeat(255), '😀'.repeat(255)] },
    { branches: ['refs/headsx', '\\refs/heads/main', 'refs/tags/v1'], tags: ['refs/heads/x'] },
    { branches: ['a', 'a'] },
  ])('is read back as it was given: %o', (filter) => {
    expect(parseFilter(filter)).toEqual(filter)
  })

  test('has its lists in one order, whatever order they came in', () => {
    const filter = parseFilter({ paths: ['a'], actions: ['created'], tags: ['b'], branches: ['c'] })
    expect(Object.keys(filter ?? {})).toEqual(['branches', 'tags', 'actions', 'paths'])
  })

  test.for([null, {}, { branches: undefined }])('is none with %o', (filter) => {
    expect(parseFilter(filter)).toBeNull()
  })

  test('lacks what was undefined', () => {
    expect(Object.keys(parseFilter({ branches: ['a'], tags: undefined }) ?? {})).toEqual(['branches'])
  })

  test('is a copy', () => {
    const branches = ['main']
    const filter = parseFilter({ branches })
    branches.push('dev')
    expect(filter).toEqual({ branches: ['main'] })
  })

  test('may come without a prototype', () => {
    expect(parseFilter(Object.assign(Object.create(null), { tags: ['v1'] }))).toEqual({ tags: ['v1'] })
  })
})

describe('a filter that is refused', () => {
  test.for<[filter: unknown, field: string, rule: string]>([
    [{ branch: ['main'] }, 'filter.branch', 'Unknown field "branch"'],
    [{ constructor: ['main'] }, 'filter.constructor', 'Known: branches, tags, actions, paths'],
    [JSON.parse('{ "__proto__": ["main"] }'), 'filter.__proto__', 'Unknown field'],
    [{ ['x'.repeat(500)]: [] }, `filter.${'x'.repeat(60)}`, 'Unknown field'],
    [{ branches: 'main' }, 'filter.branches', 'an array, got "main"'],
    [{ branches: null }, 'filter.branches', 'an array, got null'],
    [{ branches: { 0: 'main', length: 1 } }, 'filter.branches', 'an array, got an object'],
    [{ branches: [] }, 'filter.branches', 'to hold something, got an empty array'],
    [{ actions: [] }, 'filter.actions', 'to hold something, got an empty array'],
    [{ tags: Array.from({ length: 51 }, () => 'a') }, 'filter.tags', 'up to 50, got more'],
    [{ paths: Array.from({ length: 1_000_000 }, () => 'a') }, 'filter.paths', 'up to 50, got more'],
    [{ paths: ['a', 7] }, 'filter.paths[1]', 'a string, got 7'],
    [{ paths: [['a']] }, 'filter.paths[0]', 'a string, got an array'],
    [{ paths: Array.from({ length: 1 }) }, 'filter.paths[0]', 'a string, got undefined'],
    [{ paths: [''] }, 'filter.paths[0]', '1 to 255 characters, got 0'],
    [{ paths: ['x'.repeat(256)] }, 'filter.paths[0]', '1 to 255 characters, got 256'],
    [{ paths: ['x'.repeat(10_000_000)] }, 'filter.paths[0]', '1 to 255 characters, got 10000000'],
    [{ paths: ['a\0b'] }, 'filter.paths[0]', 'without NUL'],
    [{ paths: ['a\ud800'] }, 'filter.paths[0]', 'Unicode text'],
    [{ paths: ['/docs/**'] }, 'filter.paths[0]', 'without a / at the start, got "/docs/**"'],
    [{ paths: ['docs', 'src/'] }, 'filter.paths[1]', 'without a / at the end'],
    [{ tags: ['v[0-9]+'] }, 'filter.tags[0]', 'without a + behind a ]'],
    [{ branches: ['!'] }, 'filter.branches[0]', 'something behind the !'],
    [{ branches: ['refs/heads/main'] }, 'filter.branches[0]', 'Leave refs/heads/ away'],
    [{ branches: ['main', '!refs/heads/main'] }, 'filter.branches[1]', 'Leave refs/heads/ away'],
    [{ tags: ['refs/tags/*'] }, 'filter.tags[0]', 'Leave refs/tags/ away'],
    [{ actions: ['pushed'] }, 'filter.actions[0]', 'created, updated, deleted, forced, got "pushed"'],
    [{ actions: ['toString'] }, 'filter.actions[0]', 'got "toString"'],
    [{ actions: ['created', 'created'] }, 'filter.actions', 'each action once, got created twice'],
    [{ actions: ['created', 'updated', 'deleted', 'forced', 'created'] }, 'filter.actions', 'up to 4'],
  ])('%o: %s', ([filter, field, rule]) => {
    const error = thrownBy(() => parseFilter(filter))
    expect(error).toMatchObject({ code: 'subscription.filter-invalid', field })
    expect(error.message).toContain(rule)
    expect(error.message.length).toBeLessThan(300)
  })

  test.for<[filter: unknown]>([
    ['main'],
    [['main']],
    [new Map([['branches', ['main']]])],
    [Object.create({ branches: ['main'] })],
  ])('for not being a plain object: %o', ([filter]) => {
    expect(thrownBy(() => parseFilter(filter))).toMatchObject({
      code: 'subscription.invalid',
      field: 'filter',
    })
  })
})

describe('hostile input', () => {
  const thrown = new Error('not today')
  const throwing = () => {
    throw thrown
  }

  test.for<[title: string, filter: () => unknown, field: string]>([
    [
      'a list that throws',
      () => Object.defineProperty({}, 'branches', { get: throwing, enumerable: true }),
      'filter',
    ],
    [
      'an item that throws',
      () => ({ branches: Object.defineProperty(['a'], 0, { get: throwing }) }),
      'filter.branches',
    ],
    ['a proxy that throws', () => new Proxy({ branches: ['a'] }, { ownKeys: throwing }), 'filter'],
    ['a proxied list that throws', () => ({ tags: new Proxy(['a'], { get: throwing }) }), 'filter.tags'],
    ['a revoked proxy', () => revoked({}), 'filter'],
    ['a revoked list', () => ({ paths: revoked([]) }), 'filter.paths'],
  ])('is refused: %s', ([, make, field]) => {
    expect(thrownBy(() => parseFilter(make()))).toMatchObject({ code: 'subscription.invalid', field })
  })

  test('is refused where a revoked proxy stands for a pattern', () => {
    for (const filter of [{ paths: [revoked([])] }, { actions: [revoked({})] }]) {
      expect(thrownBy(() => parseFilter(filter)).code).toBe('subscription.filter-invalid')
    }
  })

  test('is read once, so that what was checked is what is used', () => {
    const lists = [['main'], [7]]
    const items = ['main', 7]
    const filter = parseFilter({
      get branches() {
        return lists.shift()
      },
      tags: Object.defineProperty(['a'], 0, { get: () => items.shift() }),
    })
    expect(filter).toEqual({ branches: ['main'], tags: ['main'] })
  })

  test('that claims to be endless costs no more than what may be', () => {
    let readCount = 0
    const endless = new Proxy([], {
      get: (_, key) => {
        readCount += 1
        return key === 'length' ? Number.MAX_SAFE_INTEGER : 'a'
      },
    })
    expect(thrownBy(() => parseFilter({ paths: endless })).message).toContain('up to 50')
    expect(readCount).toBeLessThan(60)
  })

  test('has no say through what it inherits', () => {
    const list = Object.setPrototypeOf(['main'], { map: throwing, [Symbol.iterator]: throwing })
    expect(parseFilter({ branches: list })).toEqual({ branches: ['main'] })
  })

  test('of any shape gives a filter or a refusal', () => {
    const value = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true })
    const list = fc.oneof(value, fc.array(fc.oneof(value, fc.string({ unit: 'binary' }))))
    const key = fc.constantFrom('branches', 'tags', 'actions', 'paths', 'other')
    fc.assert(
      fc.property(fc.oneof(value, fc.dictionary(key, list)), (input) => {
        try {
          const filter = parseFilter(input)
          expect(parseFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter)
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^subscription\.(filter-)?invalid$/))
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
