import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPushSpool, type PushSpool } from '../src/server/push-spool.ts'
import { toSpoolPath, writeSpoolFile } from '../src/server/spool-file.ts'

const run = promisify(execFile)
const zeros = '0'.repeat(40)

let folder: string
let spool: PushSpool
/** The refs of pushes in the order in which they were told of, whether that worked or not. */
let told: (string | undefined)[]
let errors: unknown[]
let onPush: (ref: string | undefined) => Promise<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-server-push-spool-'))
  told = []
  errors = []
  onPush = () => Promise.resolve()
  spool = await createPushSpool({
    folder,
    onPush: async ({ updates }) => {
      told.push(updates[0]?.ref)
      await onPush(updates[0]?.ref)
    },
    onError: (error) => errors.push(error),
  })
})

afterEach(async () => {
  await spool.close()
  await rm(folder, { recursive: true })
})

function toPushId(time: number): string {
  return `${time}-${randomUUID()}`
}

async function leave(time: number, ref: string, after = 'a'.repeat(40)): Promise<string> {
  const pushId = toPushId(time)
  const lines = `${zeros} ${after} ${ref}\n`
  await writeSpoolFile(folder, pushId, JSON.stringify({ repository: 'demo/hello', user: 'x', lines }))
  return pushId
}

const oddFiles: readonly { readonly title: string; readonly make: (path: string) => Promise<unknown> }[] = [
  { title: 'a pipe', make: (path) => run('mkfifo', [path]) },
  { title: 'a folder', make: (path) => mkdir(path) },
  { title: 'a link to nothing', make: (path) => symlink('/nonexistent', path) },
  { title: 'a link to itself', make: (path) => symlink(path, path) },
  { title: 'a link to a push elsewhere', make: (path) => symlink(join(folder, 'elsewhere'), path) },
]

test.for(oddFiles)(
  '$title with the name of a push is reported, and keeps no other from being told of',
  async ({ make }) => {
    const real = toSpoolPath(folder, await leave(2, 'refs/heads/real'))
    await writeFile(
      join(folder, 'elsewhere'),
      JSON.stringify({
        repository: 'demo/hello',
        user: 'x',
        lines: `${zeros} ${'a'.repeat(40)} refs/heads/x`,
      }),
    )
    const path = toSpoolPath(folder, toPushId(1))
    await make(path)

    await spool.tellAll()
    await spool.tellAll()
    await spool.close()

    expect(told).toEqual(['refs/heads/real'])
    expect(errors).toHaveLength(1)
    expect((await readdir(folder)).map((name) => join(folder, name))).toEqual(expect.arrayContaining([path]))
    expect(await readdir(folder)).not.toContain(real)
  },
)

test.for([39, 41, 63, 65])('an id of %i digits is none', async (length) => {
  await leave(1, 'refs/heads/x', 'a'.repeat(length))
  await spool.tellAll()
  expect(told).toEqual([])
  expect(errors).toMatchObject([{ cause: { message: expect.stringContaining('<before> <after> <ref>') } }])
})

test('a push that fails again and again is tried after more and more looks, behind all others', async () => {
  onPush = (ref) => (ref === 'refs/heads/bad' ? Promise.reject(new Error('Again.')) : Promise.resolve())
  await leave(1, 'refs/heads/bad')
  const looks: number[] = []
  for (let look = 0; look < 50; look += 1) {
    const before = told.length
    await spool.tellAll()
    if (told.length > before) looks.push(look)
  }
  expect(looks).toEqual([0, 1, 3, 7, 15, 31, 47])
  expect(errors).toHaveLength(1)
})

test('nobody waits for a push that failed before and takes its time', async () => {
  const slow = Promise.withResolvers<void>()
  onPush = () => Promise.reject(new Error('At first.'))
  await leave(1, 'refs/heads/slow')
  await spool.tellAll()
  const retried = Promise.withResolvers<void>()
  onPush = (ref) => {
    if (ref !== 'refs/heads/slow') return Promise.resolve()
    retried.resolve()
    return slow.promise
  }
  await leave(2, 'refs/heads/second')
  const first = spool.tellAll()
  await retried.promise
  const third = Promise.withResolvers<void>()
  const before = onPush
  onPush = (ref) => {
    if (ref === 'refs/heads/third') third.resolve()
    return before(ref)
  }
  await leave(3, 'refs/heads/third')
  const second = spool.tellAll()
  await third.promise
  expect(told).toEqual(['refs/heads/slow', 'refs/heads/second', 'refs/heads/slow', 'refs/heads/third'])
  slow.resolve()
  await Promise.all([first, second])
  expect(await readdir(folder)).toEqual([])
})
