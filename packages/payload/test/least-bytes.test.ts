import type { Commit, FileChange, RefUpdate, Repository } from '@posthorn/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as cloudCommit from '../src/bitbucket-cloud/commit.ts'
import { createWireContext as createCloudContext } from '../src/bitbucket-cloud/context.ts'
import { toRefChange as toCloudRefChange } from '../src/bitbucket-cloud/ref-change.ts'
import { toChangeset } from '../src/bitbucket-server-post-receive/commit.ts'
import {
  createWireContext as createPostReceiveContext,
  type WireContext as PostReceiveContext,
} from '../src/bitbucket-server-post-receive/context.ts'
import { toCommitLink } from '../src/bitbucket-server-post-receive/links.ts'
import { toRefChange } from '../src/bitbucket-server-post-receive/ref-change.ts'
import { type MadeChanges, toShownChanges } from '../src/bitbucket-server-post-receive/shown-changes.ts'
import type { Room } from '../src/cut/room.ts'
import { createTextCounter } from '../src/cut/text-counter.ts'
import { toJson } from '../src/to-json.ts'
import { commit, modify, noCommits, objectId, zeroId } from './fixtures/commits.ts'
import { repository } from './fixtures/entities.ts'
import { hostileCommit } from './fixtures/hostile.ts'

/** What is made of a value with so many bytes of room. */
type Make<Value> = (value: Value, maxBytes: number) => { readonly room: Room; readonly made: object }

type Convert<Value> = (value: Value, context: PostReceiveContext) => object

const links = { commit: () => '', branch: () => '', tag: () => '', createPullRequest: () => '' }
const site = { htmlUrl: '', apiUrl: '', links }
const shortest: Repository = {
  ...repository,
  slug: '',
  workspace: { ...repository.workspace, slug: '' },
  project: { ...repository.project, key: '' },
}
const bounds = { maxCommits: 5, maxTextLength: Number.POSITIVE_INFINITY }

function inCloud<Value>(
  convert: (value: Value, context: ReturnType<typeof createCloudContext>) => object,
): Make<Value> {
  return (value, maxBytes) => {
    const context = createCloudContext(shortest, site, { ...bounds, maxBytes }, createTextCounter())
    return { room: context.room, made: convert(value, context) }
  }
}

function inPostReceive<Value>(convert: Convert<Value>): Make<Value> {
  return (value, maxBytes) => {
    const caps = { maxBodyBytes: maxBytes, maxCommits: 1, maxChanges: 1 }
    const given = { ...bounds, maxChanges: 1, hasLinksToLastShown: true, maxBytes }
    const context = createPostReceiveContext(shortest, caps, given, createTextCounter())
    return { room: context.room, made: convert(value, context) }
  }
}

/** A change alone. */
const toChanges: Convert<FileChange> = (change, context) => {
  const of = commit(1, { changes: { values: [change], hasMore: false } })
  const [shown = {}] = toShownChanges(of, toCommitLink(context.repositoryUrl, of.hash), context)
  return shown
}

/** What was taken for a value is no more than it takes, if it can be made with just the room that it takes. */
function expectRoomInItsOwnSize<Value>(value: Value, make: Make<Value>): void {
  const whole = toJson(make(value, Number.POSITIVE_INFINITY).made)
  const { made, room } = make(value, whole.length)
  expect(room.toJson(made)?.length).toBe(whole.length)
}

const nobody = { name: '', emailAddress: '', at: 0 }
const emptyCommit: Commit = commit(1, {
  author: nobody,
  committer: nobody,
  message: '',
  changes: { values: [], hasMore: false },
})
const emptyChange: FileChange = { ...modify('', 1), kind: 'add' }
const gone = { commit: null, annotation: null }
const deleted: RefUpdate = {
  ref: 'refs/tags/',
  before: objectId(1),
  after: zeroId,
  isForced: false,
  old: gone,
  new: null,
  commits: noCommits,
}
const created: RefUpdate = { ...deleted, before: zeroId, after: objectId(1), old: null, new: gone }
const refs = [deleted, created, { ...deleted, ref: 'refs/heads/' }, { ...created, ref: 'refs/heads/' }]

describe('The least that is taken for a thing is no more than the smallest takes:', () => {
  test('a listed commit of Cloud', () => {
    expectRoomInItsOwnSize(emptyCommit, inCloud(cloudCommit.toListedCommit))
  })

  test('a parent of Cloud', () => {
    expectRoomInItsOwnSize(objectId(1), inCloud(cloudCommit.toCommitId))
  })

  test.for(refs)('a change of Cloud (%#)', (update) => {
    expectRoomInItsOwnSize(update, inCloud(toCloudRefChange))
  })

  test('a changeset of Post-Receive, with and without parents', () => {
    expectRoomInItsOwnSize(emptyCommit, inPostReceive(toChangeset))
    const octopus = { ...emptyCommit, parents: Array.from({ length: 100 }, (_, index) => objectId(index)) }
    expectRoomInItsOwnSize(octopus, inPostReceive(toChangeset))
  })

  test.for(['add', 'modify', 'delete', 'move', 'copy'] as const)(
    'a file that Post-Receive shows (%s)',
    (kind) => {
      for (const isExecutable of [false, true]) {
        const change = { ...emptyChange, kind, isExecutable, wasExecutable: isExecutable, sourcePath: '' }
        expectRoomInItsOwnSize(change, inPostReceive(toChanges))
      }
    },
  )

  test.for(refs)('a ref of Post-Receive (%#)', (update) => {
    expectRoomInItsOwnSize({ ...update, ref: '' }, inPostReceive(toRefChange))
  })
})

/** 100 kB each, in a body of which much is made of little. */
const long = 'x'.repeat(100_000)
const longChanges: readonly FileChange[] = [
  { ...emptyChange, path: long },
  { ...emptyChange, kind: 'move', sourcePath: long },
  { ...emptyChange, kind: 'copy', sourcePath: long },
]

describe('What is too long is known before it is made into JSON, and nothing more is made then:', () => {
  test.for(longChanges)('a path of Post-Receive (%#)', (change) => {
    const values = [change, emptyChange]
    const make = inPostReceive((commits: readonly Commit[], context) => {
      const shown = commits.flatMap((one) => toShownChanges(one, { url: '', rel: 'self' }, context))
      return { shown }
    })
    const changes = { values, hasMore: false }
    const { room, made } = make([commit(1, { changes }), commit(2, { changes })], 300_000 + 300)
    expect([room.isSpent, made]).toEqual([true, { shown: [] }])
  })

  test('what a path takes with its escapes', () => {
    const values = [{ ...emptyChange, path: 'é/'.repeat(10_000) }]
    const make = inPostReceive((one: Commit, context) =>
      toShownChanges(one, toCommitLink(context.repositoryUrl, one.hash), context),
    )
    // é takes two bytes, and %C3%A9 in the link; a slash takes three between components.
    const least = 10_000 * (3 * 3 + 2 + 7)
    const changes = { values, hasMore: false }
    expect(make(commit(1, { changes }), least).room.isSpent).toBe(true)
  })

  test('changes that an earlier try has made', () => {
    const one = commit(1, { changes: { values: longChanges, hasMore: false } })
    const made: MadeChanges = new Map()
    const isSpentWith = (maxBytes: number): boolean => {
      const given = { ...bounds, maxChanges: 3, hasLinksToLastShown: true, maxBytes }
      const caps = { maxBodyBytes: maxBytes, maxCommits: 1, maxChanges: 3 }
      const context = createPostReceiveContext(shortest, caps, given, createTextCounter(), made)
      toShownChanges(one, { url: '', rel: 'self' }, context)
      return context.room.isSpent
    }
    expect([2_000_000, 900_000].map(isSpentWith)).toEqual([false, true])
  })

  test('the parents of a Post-Receive changeset', () => {
    const parents = Array.from({ length: 1_000 }, (_, index) => objectId(index))
    const { room, made } = inPostReceive(toChangeset)({ ...emptyCommit, parents }, 50_000)
    expect([room.isSpent, made]).toMatchObject([true, { toCommit: { parents: [] } }])
  })

  test.for(refs)('the name of a Cloud ref (%#)', (update) => {
    const named = { ...update, ref: `${update.ref}${'é'.repeat(10_000)}` }
    // It stands encoded in two links at least, where the host makes the others.
    expect(inCloud(toCloudRefChange)(named, 2 * 60_000).room.isSpent).toBe(true)
  })
})

test('Nor is it more than any other takes, whatever its texts are and however long', () => {
  fc.assert(
    fc.property(hostileCommit(1), fc.integer({ min: 1, max: 40 }), (hostile, count) => {
      const long = { ...hostile, message: hostile.message.repeat(count) }
      expectRoomInItsOwnSize(long, inCloud(cloudCommit.toListedCommit))
      expectRoomInItsOwnSize(long, inPostReceive(toChangeset))
      const target = { commit: long, annotation: { message: long.message, tagger: null } }
      for (const update of refs)
        expectRoomInItsOwnSize(
          { ...update, old: update.old && target, new: update.new && target },
          inCloud(toCloudRefChange),
        )
    }),
  )
})
