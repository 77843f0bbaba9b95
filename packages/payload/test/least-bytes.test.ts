import type { Commit, FileChange, RefUpdate, Repository } from '@posthorn/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as cloudCommit from '../src/bitbucket-cloud/commit.ts'
import { createWireContext as createCloudContext } from '../src/bitbucket-cloud/context.ts'
import { toRefChange as toCloudRefChange } from '../src/bitbucket-cloud/ref-change.ts'
import { toChangeset } from '../src/bitbucket-server-post-receive/commit.ts'
import { createWireContext as createPostReceiveContext } from '../src/bitbucket-server-post-receive/context.ts'
import { toFileChange } from '../src/bitbucket-server-post-receive/file-change.ts'
import { toRefChange } from '../src/bitbucket-server-post-receive/ref-change.ts'
import type { Room } from '../src/cut/room.ts'
import { createTextCounter } from '../src/cut/text-counter.ts'
import { toJson } from '../src/to-json.ts'
import { commit, modify, noCommits, objectId, zeroId } from './fixtures/commits.ts'
import { repository } from './fixtures/entities.ts'
import { hostileCommit } from './fixtures/hostile.ts'

/** What is made of a value with so many bytes of room. */
type Make<Value> = (value: Value, maxBytes: number) => { readonly room: Room; readonly made: object }

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

function inPostReceive<Value>(
  convert: (value: Value, context: ReturnType<typeof createPostReceiveContext>) => object,
): Make<Value> {
  return (value, maxBytes) => {
    const caps = { maxBodyBytes: maxBytes, maxCommits: 1, maxChanges: 1 }
    const given = { ...bounds, maxChanges: 1, hasLinksToLastShown: true, maxBytes }
    const context = createPostReceiveContext(shortest, caps, given, createTextCounter())
    return { room: context.room, made: convert(value, context) }
  }
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
        expectRoomInItsOwnSize(
          change,
          inPostReceive((value, context) => toFileChange(value, objectId(1), context)),
        )
      }
    },
  )

  test.for(refs)('a ref of Post-Receive (%#)', (update) => {
    expectRoomInItsOwnSize({ ...update, ref: '' }, inPostReceive(toRefChange))
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
