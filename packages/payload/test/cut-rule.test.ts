import type { Commit, Dialect, DialectCaps, PushEvent, RefUpdate } from '@posthorn/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitbucketDialects } from '../src/index.ts'
import { noCommits, objectId, zeroId } from './fixtures/commits.ts'
import { site } from './fixtures/entities.ts'
import { account, hostileCommit, text } from './fixtures/hostile.ts'
import { partsOf } from './fixtures/parts-of.ts'
import { push } from './fixtures/pushes.ts'

const mark = '… [truncated]'
const decoder = new TextDecoder('utf-8', { fatal: true })

const caps: fc.Arbitrary<DialectCaps> = fc.record({
  maxBodyBytes: fc.integer({ min: 1_000, max: 40_000 }),
  maxCommits: fc.integer({ min: 1, max: 7 }),
  maxChanges: fc.nat(4),
})

/** What happens to ref `index`, which is made of some of these commits. */
function refUpdate(index: number, history: readonly Commit[]): fc.Arbitrary<RefUpdate> {
  return fc
    .record({
      prefix: fc.constantFrom('refs/heads/', 'refs/tags/', 'refs/'),
      name: text,
      shown: fc.subarray([...history]),
      hasOld: fc.boolean(),
      hasNew: fc.boolean(),
      isForced: fc.boolean(),
      hasMore: fc.boolean(),
      annotation: fc.option(text),
    })
    .map(({ prefix, name, shown, hasOld, hasNew, isForced, hasMore, annotation }) => {
      const target = {
        commit: shown[0] ?? null,
        annotation: annotation === null ? null : { message: annotation, tagger: null },
      }
      const commits = hasNew ? { values: shown, hasMore } : noCommits
      return {
        ref: `${prefix}${index}-${name}`,
        before: hasOld ? objectId(index + 1) : zeroId,
        after: hasNew ? objectId(index + 2) : zeroId,
        isForced,
        old: hasOld ? target : null,
        new: hasNew || !hasOld ? target : null,
        commits,
        headCommits: commits,
      }
    })
}

const pushEvent: fc.Arbitrary<PushEvent> = fc
  .tuple(...Array.from({ length: 8 }, (_, index) => hostileCommit(index + 1)))
  .chain((history) =>
    fc.record({
      actor: account,
      refUpdates: fc
        .nat(6)
        .chain((count) =>
          fc.tuple(...Array.from({ length: count }, (_, index) => refUpdate(index, history))),
        ),
    }),
  )
  .map(({ actor, refUpdates }) => ({ ...push(refUpdates), actor }))

function build(dialect: Dialect, event: PushEvent, given: DialectCaps): readonly Uint8Array[] {
  return partsOf(dialect, event, { site, variant: 'default', caps: given })
}

function parse(bytes: Uint8Array) {
  return JSON.parse(decoder.decode(bytes))
}

/** The refs that a body names, by the number that each begins with. */
function refsOf(bytes: Uint8Array): readonly number[] {
  const body = parse(bytes)
  const names: readonly string[] =
    'push' in body
      ? body.push.changes.map(
          ({ old, new: now }: Record<'old' | 'new', { name: string }>) => (now ?? old).name,
        )
      : body.refChanges.map(({ refId }: { refId: string }) => refId.replace(/^refs\/(heads\/|tags\/)?/, ''))
  return names.map((name) => Number.parseInt(name, 10))
}

/** Hash and message of each commit that a value shows, at any depth. */
function messagesOf(value: unknown): readonly (readonly [hash: string, message: string])[] {
  if (typeof value !== 'object' || value === null) return []
  const { hash, id, message } = value as Record<string, unknown>
  const inner = Object.values(value).flatMap(messagesOf)
  const name = hash ?? id
  return typeof name === 'string' && typeof message === 'string' ? [[name, message], ...inner] : inner
}

test.for(bitbucketDialects)(
  'Whatever was pushed and whatever the caps of $name, each ref stands in one part, in order, as JSON that survives its round trip',
  (dialect) => {
    fc.assert(
      fc.property(pushEvent, caps, (event, given) => {
        const parts = build(dialect, event, given)
        const shown = event.refUpdates.flatMap(({ ref }, index) =>
          dialect.name !== 'bitbucket-cloud' || /^refs\/(heads|tags)\//.test(ref) ? [index] : [],
        )
        expect(parts.flatMap(refsOf)).toEqual(shown)
        for (const json of parts.map((bytes) => decoder.decode(bytes)))
          expect(JSON.stringify(JSON.parse(json))).toBe(json)
      }),
    )
  },
)

test.for(bitbucketDialects)(
  'No part of $name is above its cap, unless with a single ref and nothing left to cut',
  (dialect) => {
    fc.assert(
      fc.property(pushEvent, caps, (event, given) => {
        for (const bytes of build(dialect, event, given)) {
          if (bytes.length <= given.maxBodyBytes) continue
          expect(refsOf(bytes).length).toBeLessThanOrEqual(1)
          for (const [, message] of messagesOf(parse(bytes))) expect(message.length).toBeLessThanOrEqual(15)
        }
      }),
    )
  },
)

test.for(bitbucketDialects)(
  '$name shows messages as they are, or a beginning of them with the mark',
  (dialect) => {
    fc.assert(
      fc.property(pushEvent, caps, (event, given) => {
        const commits = event.refUpdates.flatMap(({ old, new: now, commits: { values } }) => [
          ...values,
          ...[old, now].flatMap((target) => target?.commit ?? []),
        ])
        const originals = new Map(commits.map(({ hash, message }) => [hash, message.toWellFormed()]))
        for (const [hash, message] of build(dialect, event, given).flatMap((bytes) =>
          messagesOf(parse(bytes)),
        )) {
          const original = originals.get(hash) ?? ''
          const isWhole = message === original || message === original.replace(/\n+$/, '')
          const beginning = message.slice(0, -mark.length)
          expect(isWhole || (message.endsWith(mark) && original.startsWith(beginning))).toBe(true)
          expect(message.length).toBeLessThanOrEqual(original.length)
        }
      }),
    )
  },
)

test.for(bitbucketDialects)('A body of $name under its cap is what it would be without one', (dialect) => {
  fc.assert(
    fc.property(pushEvent, caps, (event, given) => {
      const whole = build(dialect, event, { ...given, maxBodyBytes: 1_000_000_000 })
      const size = Math.max(0, ...whole.map(({ length }) => length))
      expect(build(dialect, event, { ...given, maxBodyBytes: size })).toEqual(whole)
    }),
  )
})
