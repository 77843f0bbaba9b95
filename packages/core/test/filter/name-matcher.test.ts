import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadGlob } from '../../src/filter/bad-glob.ts'
import { type Glob, parseGlob } from '../../src/filter/glob.ts'
import { createNameMatcher, type NameMatcher } from '../../src/filter/name-matcher.ts'
import { isReferenceMatch, passesReference } from './reference-match.ts'

const plenty = () => ({ left: 1_000_000_000 })

function toMatcher(...patterns: readonly string[]): (name: string) => boolean | null {
  const matcher = createNameMatcher(patterns.map(parseGlob))
  return (name) => matcher.matches(name, plenty())
}

describe('a pattern', () => {
  test.for<[pattern: string, matches: readonly string[], others: readonly string[]]>([
    ['main', ['main'], ['Main', 'mai', 'main2', 'a/main', 'main/a', '']],
    ['*', ['main', '.hidden', 'a b'], ['a/b', '.github/x']],
    ['**', ['main', 'a/b', '.github/x/y'], []],
    ['release/*', ['release/1', 'release/.x'], ['release', 'release/1/2', 'a/release/1']],
    ['release/**', ['release/1', 'release/1/2'], ['release', 'releases/1']],
    ['*-stable', ['16-stable', '-stable'], ['a/16-stable', '16-stable2']],
    ['**-stable', ['16-stable', 'a/16-stable'], ['stable']],
    ['a*c', ['ac', 'abc', 'abcc'], ['a/c', 'ab']],
    ['a**c', ['ac', 'abc', 'a/c', 'a/b/c'], ['ab']],
    ['**/README.md', ['README.md', 'a/README.md', 'a/b/README.md'], ['xREADME.md', 'a/xREADME.md']],
    ['docs/**/*.md', ['docs/a.md', 'docs/a/b.md', 'docs/a/b/c.md'], ['docs/a.txt', 'docs.md', 'x/docs/a.md']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a/bx']],
    ['**/a/**', ['a/b', 'x/a/b', 'x/y/a/b/c'], ['a', 'xa/b', 'x/ab/c']],
    ['**/**/a', ['a', 'x/a', 'x/y/a'], ['xa']],
    ['***', ['a', 'a/b'], []],
    ['*.js', ['a.js', '.js'], ['a/b.js']],
    ['**.js', ['a.js', 'a/b.js'], ['a.jsx']],
    ['v?', ['v1', 'vé', 'v😀'], ['v', 'v12', 'v/']],
    ['[vV]1', ['v1', 'V1'], ['w1', '1']],
    ['v[0-9].[0-9]*', ['v1.2', 'v1.23', 'v1.2-rc'], ['v1.x', 'vx.2', 'v1.2/3']],
    ['[!a-c]', ['d', 'é', '-'], ['a', 'c', '/', '']],
    ['[a-]', ['a', '-'], ['b']],
    ['[-a]', ['a', '-'], ['b']],
    ['[\\]\\\\]', [']', '\\'], ['a']],
    ['[a!]', ['a', '!'], ['b']],
    ['[😀-😂]', ['😁'], ['😃']],
    ['a\\*b', ['a*b'], ['axb', 'a\\*b']],
    ['\\!main', ['!main'], ['main', '\\!main']],
    ['a!b', ['a!b'], ['ab']],
    ['\\[a\\]\\{\\}\\?', ['[a]{}?'], ['a']],
    ['\\m\\a', ['ma'], ['\\m\\a']],
    ['c++/a^b$(x|y).+', ['c++/a^b$(x|y).+'], ['c/ab']],
    ['日本/*', ['日本/語'], ['日/語']],
    ['constructor', ['constructor'], ['__proto__']],
  ])('%s', ([pattern, matches, others]) => {
    const matcher = toMatcher(pattern)
    for (const name of matches) expect([name, matcher(name)]).toEqual([name, true])
    for (const name of others) expect([name, matcher(name)]).toEqual([name, false])
  })

  test.for([
    ['!', 'something behind the !'],
    ['/main', 'without a / at the start'],
    ['!/main', 'without a / at the start'],
    ['docs/', 'without a / at the end'],
    ['a//b', 'empty, . or ..'],
    ['./a', 'empty, . or ..'],
    ['a/../b', 'empty, . or ..'],
    ['main\\', 'a character behind each \\'],
    ['[', 'each [ closed'],
    ['[abc', 'each [ closed'],
    ['[abc\\', 'each [ closed'],
    ['[a\\]', 'each [ closed'],
    ['[]', 'a character in each []'],
    ['[!]', 'a character in each []'],
    ['[]a]', 'a character in each []'],
    ['[z-a]', 'upwards'],
    ['[^a]', '! and not ^'],
    ['[a/b]', 'without a / in []'],
    ['[[:alpha:]]', 'escaped as \\['],
    ['v[0-9]+', 'without a + behind a ]'],
    ['a]', 'escaped as \\]'],
    ['{a,b}', 'one pattern for each'],
    ['a}', 'one pattern for each'],
  ] as const)('%s is refused: %s', ([pattern, rule]) => {
    expect(() => parseGlob(pattern)).toThrow(BadGlob)
    expect(() => parseGlob(pattern)).toThrow(rule)
  })
})

describe('of several patterns the last that matches decides', () => {
  test.for<[patterns: readonly string[], passing: readonly string[], refused: readonly string[]]>([
    [
      ['main', 'release/**'],
      ['main', 'release/1'],
      ['dev', 'release'],
    ],
    [['release/**', '!release/old/**'], ['release/1'], ['release/old/1', 'dev']],
    [['release/**', '!release/old/**', 'release/old/9'], ['release/1', 'release/old/9'], ['release/old/8']],
    [['!release/old/**', 'release/**'], ['release/old/1'], ['dev']],
    [['!main'], ['dev', 'a/b'], ['main']],
    [['!main', '!dev'], ['a'], ['main', 'dev']],
    [
      ['!v*', '!!x'],
      ['a', 'x'],
      ['v1', '!x'],
    ],
    [['*', '!*'], [], ['a', 'a/b']],
    [['!*', '*'], ['a'], ['a/b']],
    [['main', 'main', '!main'], [], ['main']],
  ])('%j', ([patterns, passing, refused]) => {
    const matcher = toMatcher(...patterns)
    for (const name of passing) expect([name, matcher(name)]).toEqual([name, true])
    for (const name of refused) expect([name, matcher(name)]).toEqual([name, false])
  })
})

describe('of any patterns and names', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'é',
    '/',
    '*',
    '**',
    '/**/',
    '?',
    '[ab]',
    '[!a]',
    '[a-é]',
    '\\*',
    '!',
  )
  const pattern = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''))
  const glob = pattern.filter(isPattern)
  const segment = fc.array(fc.constantFrom('a', 'b', 'é', '*', '!', '😀'), { minLength: 1, maxLength: 4 })
  const name = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((segments) => segments.map((characters) => characters.join('')).join('/'))

  test('one agrees with trying everything', () => {
    fc.assert(
      fc.property(glob, fc.array(name, { maxLength: 8 }), (text, names) => {
        fc.pre(!text.startsWith('!'))
        const matcher = toMatcher(text)
        for (const each of names) expect([each, matcher(each)]).toEqual([each, isReferenceMatch(text, each)])
      }),
      { numRuns: 3_000 },
    )
  })

  test('several do, with ! and in their order', () => {
    const patterns = fc.array(fc.tuple(fc.boolean(), glob), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(patterns, fc.array(name, { maxLength: 8 }), (pairs, names) => {
        const texts = pairs.map(
          ([isNegated, text]) => `${isNegated && !text.startsWith('!') ? '!' : ''}${text}`,
        )
        const matcher = toMatcher(...texts)
        for (const each of names) expect([each, matcher(each)]).toEqual([each, passesReference(texts, each)])
      }),
      { numRuns: 2_000 },
    )
  })

  test('text of any kind is a pattern or refused with a rule', () => {
    const special = fc.array(fc.constantFrom(...Array.from('ab*?[]!-\\/^{}+. é😀')), { maxLength: 12 })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          special.map((all) => all.join('')),
        ),
        (text) => {
          const glob = tryParse(text)
          if (glob !== null) expect(createNameMatcher([glob]).matches(text, plenty())).toBeTypeOf('boolean')
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('work', () => {
  /** The most that reading a character can cost with patterns of so many steps. */
  const dearest = (stepCount: number) => 64 + 3 * stepCount

  test.for<[title: string, pattern: string, name: string]>([
    ['stars and nearly what they want', `${'*a'.repeat(120)}b`, 'a'.repeat(4_000)],
    ['stars across slashes', `${'**a'.repeat(80)}b`, 'a/'.repeat(2_000)],
    ['segments of any number', `${'**/'.repeat(80)}a`, `${'x/'.repeat(2_000)}b`],
    ['a window that slides', `**a${'?'.repeat(250)}c`, 'aab'.repeat(1_300)],
    ['both kinds of stars', `${'*/**/'.repeat(50)}b`, `${'a/'.repeat(2_000)}a`],
  ])('grows with the name and the pattern, not with their combinations: %s', ([, pattern, name]) => {
    const glob = parseGlob(pattern)
    const budget = plenty()
    const before = budget.left
    expect(createNameMatcher([glob]).matches(name, budget)).toBe(false)
    const spent = before - budget.left
    expect(spent).toBeGreaterThanOrEqual(name.length)
    expect(spent).toBeLessThanOrEqual(name.length * dearest(glob.steps.length + 1))
  })

  test('is little for 20,000 paths and 50 patterns that users write', () => {
    const patterns = Array.from({ length: 50 }, (_, index) => `packages/p${index}/**/*.test.ts`)
    const names = Array.from({ length: 20_000 }, (_, index) => `packages/p${index % 90}/src/file${index}.ts`)
    const budget = plenty()
    const before = budget.left
    const matcher = createNameMatcher(patterns.map(parseGlob))
    for (const name of names) matcher.matches(name, budget)
    expect(before - budget.left).toBeLessThan(5_000_000)
  })

  test('ends without an answer when the budget is spent', () => {
    const matcher = createNameMatcher([parseGlob('**/b')])
    const budget = { left: 500 }
    expect(matcher.matches('a'.repeat(10_000), budget)).toBeNull()
    expect(budget.left).toBeGreaterThanOrEqual(-dearest(4))
    expect(matcher.matches('b', budget)).toBeNull()
    expect(matcher.matches('b', plenty())).toBe(true)
  })

  test('does not go on when nothing can match any more', () => {
    const budget = { left: 1_000 }
    expect(createNameMatcher([parseGlob('b/**')]).matches('a'.repeat(10_000), budget)).toBe(false)
  })

  test('learns from the names it has seen, and forgets before it has learned too much', () => {
    const globs = [`**a${'?'.repeat(200)}b`, '!**bb**', 'a**'].map(parseGlob)
    const matcher = createNameMatcher(globs)
    const first = toName(1, 400)
    const spendOn = (name: string) => {
      const budget = plenty()
      expect(matcher.matches(name, budget)).toBe(freshAnswer(globs, name))
      return plenty().left - budget.left
    }
    expect(spendOn(first)).toBeGreaterThan(64 * first.length)
    expect(spendOn(first)).toBe(first.length)
    for (let seed = 2; seed <= 60; seed += 1) spendOn(toName(seed, 400))
    expect(spendOn(first)).toBeGreaterThan(first.length)
  })
})

function freshAnswer(globs: readonly Glob[], name: string): boolean | null {
  const matcher: NameMatcher = createNameMatcher(globs)
  return matcher.matches(name, plenty())
}

/** Letters in an order of its own for each seed (a linear congruential generator). */
function toName(seed: number, length: number): string {
  let state = seed
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state < 1_000_000_000 ? 'a' : 'c'
  }).join('')
}

function tryParse(text: string): Glob | null {
  try {
    return parseGlob(text)
  } catch (error) {
    expect(error).toBeInstanceOf(BadGlob)
    return null
  }
}

function isPattern(text: string): boolean {
  return tryParse(text) !== null
}
