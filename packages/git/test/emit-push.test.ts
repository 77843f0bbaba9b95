import type { PushEvent } from '@posthorn/core'
import { emitPush, type PushEmitter, type PushInterest, type ReadPushOptions, readPush } from '@posthorn/git'
import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { createCountedGit } from './counted-git.ts'
import { actor, repository as entity } from './entities.ts'

/** The smallest emitter there is: its receipt is the event. */
function createEcho(interest: PushInterest): PushEmitter<PushEvent> & { readonly emitted: PushEvent[] } {
  const emitted: PushEvent[] = []
  return {
    emitted,
    interest: () => Promise.resolve(interest),
    emit: (event) => {
      emitted.push(event)
      return Promise.resolve(event)
    },
  }
}

const nobody: PushInterest = { any: false, maxCommits: 0, maxChanges: 0 }
const cloud: PushInterest = { any: true, maxCommits: 2, maxChanges: 0 }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-/

test('a push that nobody hears starts no process, is not emitted and has a receipt all the same', async () => {
  await using git = await createCountedGit()
  await using repository = await createGitRepository()
  const emitter = createEcho(nobody)
  const [only = ''] = await repository.commit({})
  const updates = [{ ref: 'refs/heads/main', before: repository.zeroId, after: only }]

  const receipt = await emitPush(emitter, {
    gitDir: repository.gitDir,
    updates,
    repository: entity,
    actor,
    git: git.path,
  })

  expect(receipt).toEqual({
    eventId: expect.stringMatching(uuid),
    repeated: false,
    committed: true,
    deliveries: [],
    skipped: [],
  })
  expect(emitter.emitted).toEqual([])
  expect(await git.commands()).toEqual([])
})

test('a push is read as deep as its hearers want it', async () => {
  await using repository = await createGitRepository()
  const emitter = createEcho(cloud)
  const ids = await repository.commit({}, { parents: [0] }, { parents: [1] })
  const updates = [{ ref: 'refs/heads/main', before: repository.zeroId, after: ids[2] ?? '' }]

  await emitPush(emitter, { gitDir: repository.gitDir, updates, repository: entity, actor })

  const [event] = emitter.emitted
  expect(event).not.toHaveProperty('id')
  expect(event).toMatchObject({ key: 'repo:push', repository: entity, actor })
  expect(event?.refUpdates[0]?.commits).toMatchObject({
    values: [{ hash: ids[2] }, { hash: ids[1] }],
    hasMore: true,
  })
})

test('the id of a push is the same for the same push, and for no other', async () => {
  await using repository = await createGitRepository()
  const emitter = createEcho(cloud)
  const [a = '', b = ''] = await repository.commit({}, { parents: [0] })
  const there = { ref: 'refs/heads/main', before: a, after: b }
  const back = { ref: 'refs/heads/main', before: b, after: a }
  const upper = { ...entity, uuid: `{${entity.uuid.toUpperCase()}}` }
  const base = { gitDir: repository.gitDir, actor }

  await emitPush(emitter, { ...base, repository: entity, updates: [there], pushId: '1' })
  await emitPush(emitter, { ...base, repository: upper, updates: [there], pushId: '1' })
  await emitPush(emitter, { ...base, repository: entity, updates: [there], pushId: '2' })
  await emitPush(emitter, { ...base, repository: entity, updates: [back], pushId: '1' })
  const unheard = await emitPush(createEcho(nobody), {
    ...base,
    repository: entity,
    updates: [there],
    pushId: '1',
  })

  const [first, same, ...others] = emitter.emitted.map(({ id }) => id)
  expect(first).toMatch(uuid)
  expect(first?.charAt(14)).toBe('5')
  expect(same).toBe(first)
  expect(new Set([first, ...others]).size).toBe(3)
  expect(unheard).toMatchObject({ eventId: first })
})

test('without a pushId there and back and there again are three pushes', async () => {
  await using repository = await createGitRepository()
  const [a = '', b = ''] = await repository.commit({}, { parents: [0] })
  const moves = [
    [a, b],
    [b, a],
    [a, b],
  ] as const
  const heard = createEcho(cloud)
  const receipts = []
  for (const [before, after] of moves) {
    const updates = [{ ref: 'refs/heads/main', before, after }]
    const options = { gitDir: repository.gitDir, updates, repository: entity, actor }
    await emitPush(heard, options)
    receipts.push(await emitPush(createEcho(nobody), options))
  }

  // An event without id is given a fresh one by the emitter.
  expect(heard.emitted.map((event) => 'id' in event)).toEqual([false, false, false])
  const ids = receipts.map((receipt) => ('eventId' in receipt ? receipt.eventId : ''))
  expect(new Set(ids).size).toBe(3)
  expect(ids.map((id) => id.charAt(14))).toEqual(['7', '7', '7'])
})

test('paths are read if somebody filters by them', async () => {
  await using repository = await createGitRepository()
  const [a = '', b = ''] = await repository.commit({}, { parents: [0], files: { 'docs/a': '1' } })
  const updates = [{ ref: 'refs/heads/main', before: a, after: b }]
  const read = async (interest: PushInterest) => {
    const emitter = createEcho(interest)
    await emitPush(emitter, { gitDir: repository.gitDir, updates, repository: entity, actor })
    return emitter.emitted[0]?.refUpdates[0]?.changedPaths
  }
  expect(await read({ ...cloud, changedPaths: true })).toEqual({ values: ['docs/a'], hasMore: false })
  expect(await read({ ...cloud, changedPaths: false })).toBe(undefined)
  expect(await read(cloud)).toBe(undefined)
})

test('updates that are wrong are refused even when nobody hears the push', async () => {
  await using repository = await createGitRepository()
  const updates = [{ ref: 'main', before: repository.zeroId, after: 'a'.repeat(40) }]
  await expect(
    emitPush(createEcho(nobody), { gitDir: repository.gitDir, updates, repository: entity, actor }),
  ).rejects.toMatchObject({ code: 'git.updates-invalid' })
})

const badPushIds: readonly { title: string; pushId: unknown }[] = [
  { title: 'null', pushId: null },
  { title: 'an empty string', pushId: '' },
  { title: 'a number', pushId: 42 },
  { title: 'an object', pushId: {} },
  { title: 'a string without end', pushId: 'x'.repeat(1_025) },
]

test.for(badPushIds)(
  'a pushId that is $title is refused, also when nobody hears the push',
  async ({ pushId }) => {
    await using repository = await createGitRepository()
    const [only = ''] = await repository.commit({})
    const options = {
      gitDir: repository.gitDir,
      updates: [{ ref: 'refs/heads/main', before: repository.zeroId, after: only }],
      repository: entity,
      actor,
      pushId: pushId as string,
    }
    for (const interest of [nobody, cloud]) {
      const emitter = createEcho(interest)
      await expect(emitPush(emitter, options)).rejects.toMatchObject({
        code: 'option.invalid',
        field: 'pushId',
      })
      expect(emitter.emitted).toEqual([])
    }
  },
)

test('an option that does not exist is refused, whoever hears the push', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const options = {
    gitDir: repository.gitDir,
    updates: [{ ref: 'refs/heads/main', before: repository.zeroId, after: only }],
    repository: entity,
    actor,
  }
  for (const interest of [nobody, cloud]) {
    const unknown = { ...options, maxByte: 1 }
    await expect(emitPush(createEcho(interest), unknown)).rejects.toMatchObject({
      code: 'option.unknown',
      field: 'maxByte',
    })
  }
  const detail = { maxCommits: 1, maxChanges: 0 }
  await expect(readPush({ ...options, detail, maxByte: 1 } as ReadPushOptions)).rejects.toMatchObject({
    code: 'option.unknown',
    field: 'maxByte',
  })
  await expect(
    readPush({ ...options, detail: { ...detail, maxChange: 1 } } as ReadPushOptions),
  ).rejects.toMatchObject({ code: 'option.unknown', field: 'detail.maxChange' })
})

test('a push is read as deep as the interest of an emitter says, with whatever else it says', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({ files: { a: '1' } })
  const updates = [{ ref: 'refs/heads/main', before: repository.zeroId, after: only }]
  const options = { gitDir: repository.gitDir, updates, repository: entity, actor }
  const detail = { maxCommits: 2, maxChanges: 2, changedPaths: true }
  const interest: PushInterest = { ...detail, any: true, skipped: [{ reason: 'inactive' }] }
  expect(await readPush({ ...options, detail: interest })).toEqual(await readPush({ ...options, detail }))
})
