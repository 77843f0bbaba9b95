import type { Dialect, PushEvent, RefUpdate } from '@posthorn/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitbucketDialects } from '../src/index.ts'
import { noCommits } from './fixtures/commits.ts'
import { personalProject, project, repository, site, workspace } from './fixtures/entities.ts'
import { account, hostileCommit, text } from './fixtures/hostile.ts'
import { partsOf } from './fixtures/parts-of.ts'
import { branchUpdate } from './fixtures/pushes.ts'

const refUpdate: fc.Arbitrary<RefUpdate> = fc
  .record({
    prefix: fc.constantFrom('refs/heads/', 'refs/tags/', 'refs/'),
    name: text,
    commit: hostileCommit(4),
    message: text,
    isForced: fc.boolean(),
  })
  .map(({ prefix, name, commit: only, message, isForced }) => ({
    ...branchUpdate,
    ref: `${prefix}${name}`,
    isForced,
    old: { commit: only, annotation: null },
    new: { commit: only, annotation: { message, tagger: only.author } },
    commits: { values: [only], hasMore: false },
    headCommits: noCommits,
  }))

const pushEvent: fc.Arbitrary<PushEvent> = fc
  .record({
    text,
    key: text,
    slug: text,
    website: text,
    owner: account,
    isPersonal: fc.boolean(),
    refUpdates: fc.array(refUpdate, { maxLength: 3 }),
  })
  .map((facts) => ({
    key: 'repo:push',
    actor: facts.owner,
    repository: {
      ...repository,
      name: facts.text,
      slug: facts.slug,
      website: facts.website,
      owner: facts.owner,
      workspace: { ...workspace, slug: facts.slug, name: facts.text },
      project: facts.isPersonal
        ? { ...personalProject, key: facts.key, owner: facts.owner }
        : { ...project, key: facts.key, name: facts.text },
      parent: { ...repository, slug: facts.slug },
    },
    refUpdates: facts.refUpdates,
  }))

const decoder = new TextDecoder('utf-8', { fatal: true })

test.for(bitbucketDialects)(
  'Whatever text comes in, $name gives JSON that survives its round trip',
  (dialect) => {
    fc.assert(
      fc.property(pushEvent, (event) => {
        for (const json of toTexts(dialect, event)) {
          expect(JSON.stringify(JSON.parse(json))).toBe(json)
          expect(stringsOf(JSON.parse(json)).filter((value) => !value.isWellFormed())).toEqual([])
        }
      }),
    )
  },
)

test.for(bitbucketDialects)('Whatever text comes in, every link of $name is a URL on the site', (dialect) => {
  fc.assert(
    fc.property(pushEvent, (event) => {
      for (const json of toTexts(dialect, event)) {
        for (const link of linksOf(JSON.parse(json))) {
          expect(link).toMatch(/^(?:https:\/|\/)[!-~]+$/)
          expect(new URL(link, site.htmlUrl).origin).toBe(site.htmlUrl)
        }
      }
    }),
  )
})

test.for(bitbucketDialects)('$name shows half a surrogate pair as U+FFFD', (dialect) => {
  const event: PushEvent = {
    key: 'repo:push',
    actor: null,
    repository: { ...repository, name: 'a\ud800b' },
    refUpdates: [{ ...branchUpdate, ref: 'refs/heads/c\udc00d' }],
  }
  const [json = ''] = toTexts(dialect, event)
  expect(json).toContain('"name":"a\ufffdb"')
  expect(json).toContain('c\ufffdd"')
})

test.for(bitbucketDialects)(
  '$name leaves text that only looks like half a surrogate pair as it is',
  (dialect) => {
    const event: PushEvent = {
      key: 'repo:push',
      actor: null,
      repository: { ...repository, name: 'a\\ud800b' },
      refUpdates: [],
    }
    expect(toTexts(dialect, event).map((json) => JSON.parse(json).repository.name)).toEqual(['a\\ud800b'])
  },
)

function toTexts(dialect: Dialect, event: PushEvent): readonly string[] {
  const parts = partsOf(dialect, event, { site, variant: 'default', caps: dialect.defaultCaps })
  return parts.map((bytes) => decoder.decode(bytes))
}

function linksOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'href' || key === 'url' ? [String(inner)] : linksOf(inner),
  )
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap((inner) => stringsOf(inner))
}
