import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { afterEach, expect, test, vi } from 'vitest'
import { pushInto } from './hooked-push.ts'
import { readUpdates } from './read-updates.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const detail = { maxCommits: 5, maxChanges: 5, changedPaths: true }

async function createPair() {
  const target = await createGitRepository({ defaultBranch: 'trunk' })
  const source = await createGitRepository()
  const [base = '', tip = ''] = await source.commit(
    { files: { a: '1' } },
    { parents: [0], files: { 'b ü': '1' } },
  )
  await source.git(['push', '--quiet', target.gitDir, `${base}:refs/heads/trunk`])
  const refspecs = [`${tip}:refs/heads/topic`, `${tip}:refs/tags/v1`]
  return { target, source, base, tip, refspecs }
}

test('within post-receive a push is read, whatever variables the hook was given', async () => {
  const { target, source, base, tip, refspecs } = await createPair()
  await using _ = target
  await using __ = source
  const push = await pushInto(target, source, 'post-receive', refspecs)
  for (const [name, value] of Object.entries(push.env)) vi.stubEnv(name, value)

  const { refUpdates } = await readUpdates(target, push.updates, { detail })
  await push.finish()

  expect(push.env).toHaveProperty('GIT_DIR')
  expect(refUpdates).toMatchObject([
    {
      ref: 'refs/heads/topic',
      commits: { values: [{ hash: tip }, { hash: base }] },
      changedPaths: { values: ['b ü'], hasMore: false },
    },
    { ref: 'refs/tags/v1', new: { commit: { hash: tip } } },
  ])
})

test('within pre-receive the objects are in quarantine, and found with the two variables that say where', async () => {
  const { target, source, base, tip, refspecs } = await createPair()
  await using _ = target
  await using __ = source
  const push = await pushInto(target, source, 'pre-receive', refspecs)
  for (const [name, value] of Object.entries(push.env)) vi.stubEnv(name, value)
  const { GIT_QUARANTINE_PATH, GIT_OBJECT_DIRECTORY = '', GIT_ALTERNATE_OBJECT_DIRECTORIES = '' } = push.env

  const blind = await readUpdates(target, push.updates, { detail })
  const seeing = await readUpdates(target, push.updates, {
    detail,
    env: { GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES },
  })
  await push.finish()
  const afterwards = await readUpdates(target, push.updates, { detail })

  expect(GIT_QUARANTINE_PATH).toBe(GIT_OBJECT_DIRECTORY)
  expect(blind.refUpdates).toMatchObject([
    { new: { commit: null }, commits: { values: [] } },
    { new: { commit: null } },
  ])
  expect(seeing.refUpdates[0]?.commits.values.map(({ hash }) => hash)).toEqual([tip, base])
  expect(seeing.refUpdates[0]?.changedPaths).toEqual({ values: ['b ü'], hasMore: false })
  expect(afterwards).toEqual(seeing)
})
