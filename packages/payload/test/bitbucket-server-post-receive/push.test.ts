import { join } from 'node:path'
import type { BuildContext, Commit, PushEvent, RefUpdate } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import type { WireChangeset, WirePushBody } from '../../src/bitbucket-server-post-receive/wire.ts'
import { bitbucketServerPostReceive } from '../../src/index.ts'
import { commit, commits, modify, objectId, zeroId } from '../fixtures/commits.ts'
import { fork, personalProject, repository, site, user } from '../fixtures/entities.ts'
import { fileChanges } from '../fixtures/file-changes.ts'
import { partsOf } from '../fixtures/parts-of.ts'
import {
  branchCreate,
  branchCreateOfLongMessage,
  branchDelete,
  branchForce,
  branchUpdate,
  branchUpdateOfSix,
  noteUpdate,
  push,
  sha256Update,
  sharedPushes,
  tagAnnotatedCreate,
  tagCreate,
  tagMove,
} from '../fixtures/pushes.ts'
import { describeGoldens, type GoldenCase } from '../golden.ts'

const context: BuildContext = {
  site,
  variant: 'default',
  caps: bitbucketServerPostReceive.defaultCaps,
}

const { changes: _, ...withoutChanges } = commit(4)
const changesNotRead = { ...branchUpdate, commits: { values: [withoutChanges], hasMore: false } }
const personalRepository = { ...repository, project: personalProject }

const cases: Readonly<Record<string, GoldenCase>> = {
  ...Object.fromEntries(Object.entries(sharedPushes).map(([name, event]) => [name, { event }])),
  push_truncated: { event: push([branchUpdateOfSix]), caps: { maxCommits: 2, maxChanges: 0 } },
  push_branch_update_of_fork: { event: push([branchUpdate], fork) },
  push_personal_project: { event: push([branchUpdate], personalRepository) },
  push_file_changes: { event: push([updateBy({ changes: { values: fileChanges, hasMore: false } })]) },
  push_merge: { event: push([updateBy({ parents: [objectId(3), objectId(0xf)] })]) },
  push_empty_commit: { event: push([updateBy({ changes: { values: [], hasMore: false } })]) },
  push_changes_not_read: { event: push([changesNotRead]) },
  push_tag_move: { event: push([tagMove]) },
  push_ref_of_another_kind: { event: push([noteUpdate]) },
  push_sha256: { event: push([sha256Update]) },
  push_fewer_changes: {
    event: push([updateBy({ changes: { values: fileChanges, hasMore: false } })]),
    caps: { maxBodyBytes: 3_000 },
  },
  push_fewer_changesets: { event: push([branchUpdateOfSix, branchDelete]), caps: { maxBodyBytes: 2_500 } },
  push_parts: {
    event: push([branchCreateOfLongMessage, tagMove, branchDelete]),
    caps: { maxBodyBytes: 3_000 },
  },
}

describeGoldens(bitbucketServerPostReceive, join(import.meta.dirname, 'golden'), cases)

describe('ref changes', () => {
  test.for([
    { title: 'a created branch', update: branchCreate, type: 'ADD', from: zeroId, to: objectId(3) },
    { title: 'a deleted branch', update: branchDelete, type: 'DELETE', from: objectId(3), to: zeroId },
    { title: 'a note', update: noteUpdate, type: 'UPDATE', from: objectId(2), to: objectId(4) },
    {
      title: 'an annotated tag, by the tag object',
      update: tagAnnotatedCreate,
      type: 'ADD',
      from: zeroId,
      to: objectId(0xa1),
    },
  ])('name the hashes of $title', ({ update, type, from, to }) => {
    expect(parse(push([update])).refChanges).toEqual([
      { refId: update.ref, fromHash: from, toHash: to, type },
    ])
  })
})

describe('the page of changesets', () => {
  test('holds the commits of the push, not those of the head of a forced branch', () => {
    expect(hashesOf(push([branchForce]))).toEqual([objectId(7), objectId(6)])
  })

  test('holds a commit once that came to several refs', () => {
    expect(hashesOf(push([branchCreate, tagCreate, branchUpdate]))).toEqual(
      [3, 2, 1, 4].map((number) => objectId(number)),
    )
  })

  test('counts its limit over all refs, and says that it goes on', () => {
    const { changesets } = parse(push([branchUpdate, branchCreate]), { maxCommits: 3 })
    expect([changesets.size, changesets.limit, changesets.isLastPage]).toEqual([3, 3, false])
  })

  test('is the last page when it holds exactly as many as its limit', () => {
    const { changesets } = parse(push([branchCreate]), { maxCommits: 3 })
    expect([changesets.size, changesets.isLastPage]).toEqual([3, true])
  })

  test('holds 100 commits of 101 by default', () => {
    const { changesets } = parse(push([{ ...branchUpdate, commits: commits(110, 10) }]))
    expect([changesets.size, changesets.limit, changesets.isLastPage]).toEqual([100, 100, false])
  })

  test('goes on when the commits were not all read', () => {
    const { changesets } = parse(push([{ ...branchUpdate, commits: commits(4, 3, true) }]))
    expect([changesets.size, changesets.isLastPage]).toEqual([2, false])
  })
})

describe('a changeset', () => {
  test('of a root commit comes from all zeros', () => {
    const { fromCommit, toCommit } = changesetOf({ parents: [] })
    expect(fromCommit).toEqual({ id: zeroId, displayId: '0000000' })
    expect(toCommit.parents).toEqual([])
  })

  test('has the time of its author and its message without the final newline', () => {
    const { toCommit } = changesetOf({ message: 'Example subject\n\nExample body\n' })
    expect(toCommit.authorTimestamp).toBe(Date.UTC(2026, 2, 1, 14))
    expect(toCommit.message).toBe('Example subject\n\nExample body')
  })

  test('links to its last file that is shown', () => {
    const values = ['a.txt', 'b.txt', 'c.txt'].map((path) => modify(path, 1))
    const { changes, link } = changesetOf({ changes: { values, hasMore: false } }, { maxChanges: 2 })
    expect([changes.size, changes.limit, changes.isLastPage]).toEqual([2, 2, false])
    expect(link.url).toBe(`/projects/EX/repos/example-repository/commits/${objectId(4)}#b.txt`)
  })

  test('that changes nothing links to its commit', () => {
    const { changes, link } = changesetOf({ changes: { values: [], hasMore: false } })
    expect([changes.size, changes.limit, changes.isLastPage]).toEqual([0, 500, true])
    expect(link.url).toBe(`/projects/EX/repos/example-repository/commits/${objectId(4)}`)
  })

  test('whose changes were not read does not say that there are none', () => {
    const { changes: _, ...unread } = commit(4)
    const { changes } = changesetOfCommit(unread)
    expect([changes.size, changes.isLastPage]).toEqual([0, false])
  })

  test('percent-encodes the path in its link, and leaves it as it is elsewhere', () => {
    const path = 'a b/100%#?.x y'
    const { changes } = changesetOf({ changes: { values: [modify(path, 1)], hasMore: false } })
    expect(changes.values[0]?.link.url).toMatch(/#a%20b\/100%25%23%3F\.x%20y$/)
    expect(changes.values[0]?.path).toEqual({
      components: ['a b', '100%#?.x y'],
      parent: 'a b',
      name: '100%#?.x y',
      extension: 'x y',
      toString: path,
    })
  })

  test.for([
    { path: 'Makefile', extension: undefined },
    { path: '.gitignore', extension: 'gitignore' },
    { path: 'archive.tar.gz', extension: 'gz' },
    { path: 'v1.0/README', extension: undefined },
    { path: 'trailing.', extension: undefined },
  ])('gives $path the extension $extension', ({ path, extension }) => {
    const { changes } = changesetOf({ changes: { values: [modify(path, 1)], hasMore: false } })
    expect(changes.values[0]?.path.extension).toBe(extension)
  })
})

describe('the owner of a personal project', () => {
  test('is named in links by a slug made of the login name', () => {
    const owner = { ...user, name: 'Example.User@example.com' }
    const to = { ...repository, project: { ...personalProject, owner } }
    const [changeset] = parse(push([branchUpdate], to)).changesets.values
    expect(changeset?.link.url).toMatch(/^\/users\/example\.user_example\.com\/repos\//)
  })

  test('has no e-mail address where none is known', () => {
    const { emailAddress: _, ...owner } = user
    const to = { ...repository, project: { ...personalProject, owner } }
    expect(parse(push([branchUpdate], to)).repository.project).not.toHaveProperty('owner.emailAddress')
  })
})

function parse(event: PushEvent, caps: Partial<BuildContext['caps']> = {}): WirePushBody {
  const [bytes] = partsOf(bitbucketServerPostReceive, event, {
    ...context,
    caps: { ...context.caps, ...caps },
  })
  return JSON.parse(new TextDecoder().decode(bytes)) as WirePushBody
}

function hashesOf(event: PushEvent): readonly string[] {
  return parse(event).changesets.values.map(({ toCommit }) => toCommit.id)
}

function updateBy(overrides: Partial<Commit>): RefUpdate {
  return { ...branchUpdate, commits: { values: [commit(4, overrides)], hasMore: false } }
}

function changesetOf(overrides: Partial<Commit>, caps: Partial<BuildContext['caps']> = {}): WireChangeset {
  return changesetOfCommit(commit(4, overrides), caps)
}

function changesetOfCommit(only: Commit, caps: Partial<BuildContext['caps']> = {}): WireChangeset {
  const update = { ...branchUpdate, commits: { values: [only], hasMore: false } }
  const [changeset] = parse(push([update]), caps).changesets.values
  if (changeset === undefined) throw new Error('The body holds no changeset.')
  return changeset
}
