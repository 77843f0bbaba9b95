import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createGitRepository, type GitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { readUpdate, readUpdates } from './read-updates.ts'

/** Counts whoever connects, and says nothing to them. */
async function countConnections() {
  let count = 0
  const server = createServer((socket) => {
    count += 1
    socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port.')
  return {
    origin: `127.0.0.1:${address.port}`,
    count: () => count,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

const lines = Array.from({ length: 200 }, (_, index) => `line number ${index} ${index * 7_919}`)

/** A clone without contents, whose second commit renames and edits a file: only with the contents can that be seen. */
async function clonePartly(origin: GitRepository, folder: GitRepository) {
  const [before = '', after = ''] = await origin.commit(
    { files: { old: lines.join('\n') } },
    { parents: [0], files: { old: null, fresh: `${lines.join('\n')}\nmore` } },
  )
  await origin.setRef('refs/heads/main', after)
  await origin.git(['config', 'uploadpack.allowFilter', 'true'])
  const gitDir = join(folder.gitDir, 'partial')
  await origin.git(['clone', '-q', '--bare', '--filter=blob:none', `file://${origin.gitDir}`, gitDir])
  return { before, after, gitDir }
}

test.for(['http://HOST/x.git', 'git://HOST/x.git', 'ssh://git@HOST/x.git', 'ext::touch MARK', 'file://MARK'])(
  'of a partial clone what is missing is missing: nobody asks %s for it',
  async (url) => {
    await using origin = await createGitRepository()
    await using folder = await createGitRepository()
    await using network = await countConnections()
    const { before, after, gitDir } = await clonePartly(origin, folder)
    const mark = join(folder.gitDir, 'mark')
    // A bare repository to be fetched from; for `ext` a file that is not there yet.
    if (url.startsWith('file:')) await origin.git(['clone', '-q', '--bare', origin.gitDir, mark])
    const remote = url.replace('HOST', network.origin).replace('MARK', mark)
    const setConfig = (name: string, value: string) =>
      origin.git(['--git-dir', gitDir, 'config', name, value])
    await setConfig('remote.origin.url', remote)
    await setConfig('protocol.ext.allow', 'always')
    await setConfig('core.sshCommand', `touch ${mark} #`)

    await expect(readUpdate(origin, { before, after }, { gitDir })).rejects.toMatchObject({
      code: 'git.failed',
    })
    const detail = { maxCommits: 6, maxChanges: 0, changedPaths: true }
    expect(await readUpdate(origin, { before, after }, { gitDir, detail })).toMatchObject({
      isForced: false,
      changedPaths: { hasMore: false, values: ['fresh', 'old'] },
    })
    const gone = { before: '1'.repeat(40), after: '2'.repeat(40) }
    expect(await readUpdate(origin, gone, { gitDir, detail })).toMatchObject({ new: { commit: null } })

    // As to a git that does not know the first of the two variables; whether it finds what is gone to be missing or fails is its own.
    const env = { GIT_NO_LAZY_FETCH: '0' }
    const older = [
      readUpdates(origin, [{ ref: 'refs/heads/x', before, after }], { gitDir, env }),
      readUpdates(origin, [{ ref: 'refs/heads/x', ...gone }], { gitDir, env, detail }),
    ]
    expect((await Promise.allSettled(older))[0]).toMatchObject({ reason: { code: 'git.failed' } })

    expect(network.count()).toBe(0)
    expect(existsSync(mark)).toBe(url.startsWith('file:'))
  },
)

test('a git that knows how is told not to try', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({})
  const seen = join(repository.gitDir, 'environment')
  const git = join(repository.gitDir, 'git')
  await writeFile(git, `#!/bin/sh\nenv >'${seen}'\nexec git "$@"\n`, { mode: 0o755 })
  await readUpdates(repository, [{ ref: 'refs/heads/main', before: repository.zeroId, after: only }], { git })
  expect((await readFile(seen, 'utf8')).split('\n')).toContain('GIT_NO_LAZY_FETCH=1')
})
