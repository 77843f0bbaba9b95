import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHookEndpoint, type HookEndpoint } from '../src/server/hook-endpoint.ts'
import type { PushReport } from '../src/server/push-report.ts'

const hook = fileURLToPath(new URL('../src/server/post-receive-hook.ts', import.meta.url))
const { PATH, NODE_COMPILE_CACHE } = process.env

let spoolFolder: string
let hookEndpoint: HookEndpoint
let pushes: PushReport[]
let errors: unknown[]
let onPush: (push: PushReport) => Promise<void>

beforeEach(async () => {
  spoolFolder = await mkdtemp(join(tmpdir(), 'git-server-hook-'))
  pushes = []
  errors = []
  onPush = () => Promise.resolve()
  hookEndpoint = await createHookEndpoint({
    spoolFolder,
    onPush: (push) => {
      pushes.push(push)
      return onPush(push)
    },
    onError: (error) => errors.push(error),
  })
})

afterEach(async () => {
  await hookEndpoint.close()
  await rm(spoolFolder, { recursive: true })
})

const ref = `refs/heads/${'long/'.repeat(400)}`
const line = (name: string) => `${'0'.repeat(40)} ${'a'.repeat(40)} ${ref}${name}\n`

/**
 * Runs the hook as Git does. @returns what the pusher reads
 * @param maxBlocks of 512 or 1,024 bytes that it may write to a file: what a full disk does to it, on any machine
 */
async function runHook(lines: string, maxBlocks = 'unlimited'): Promise<string> {
  const child = spawn('sh', ['-c', `ulimit -f ${maxBlocks}; exec "$0" "$1"`, process.execPath, hook], {
    env: {
      PATH,
      NODE_COMPILE_CACHE,
      ...hookEndpoint.environment,
      GIT_SERVER_REPOSITORY: 'demo/hello',
      REMOTE_USER: 'demo-user',
    },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  child.stdin.end(lines)
  const [complaint] = await Promise.all([text(child.stderr), once(child, 'close')])
  return complaint
}

test.for([
  ['nothing', '0'],
  ['the beginning', '1'],
])(
  'where the spool takes %s of a push, since it is full, the server gets the lines',
  async ([, maxBlocks]) => {
    expect(await runHook(line('x'), maxBlocks)).toBe('')
    expect(pushes).toMatchObject([{ updates: [{ ref: `${ref}x` }] }])
    expect(errors).toMatchObject([{ message: expect.stringContaining('could not write to') }])
    expect(await readdir(spoolFolder)).toEqual([])
  },
)

test('what a full spool took of a push that nobody was told of is reported, and keeps no other from being told of', async () => {
  onPush = () => Promise.reject(new Error('The store is full.'))
  expect(await runHook(line('lost'), '1')).toMatch(/may not be told of it: the server answered 500/)
  expect(await runHook(line('kept'))).toMatch(/told of it later: the server answered 500/)
  errors = []
  pushes = []
  onPush = () => Promise.resolve()
  await hookEndpoint.readSpool()
  await hookEndpoint.readSpool()
  expect(pushes).toMatchObject([{ updates: [{ ref: `${ref}kept` }] }])
  expect(errors).toHaveLength(1)
  expect(await readdir(spoolFolder)).toEqual([expect.stringMatching(/\.json\.part$/)])
})

test('two hooks at once are told of by themselves', async () => {
  const both = Promise.withResolvers<void>()
  onPush = () => {
    if (pushes.length === 2) both.resolve()
    return both.promise
  }
  expect(await Promise.all([runHook(line('one')), runHook(line('two'))])).toEqual(['', ''])
  expect(pushes.map(({ updates }) => String(updates[0]?.ref)).toSorted()).toEqual([`${ref}one`, `${ref}two`])
  expect(new Set(pushes.map(({ pushId }) => pushId)).size).toBe(2)
  expect(await readdir(spoolFolder)).toEqual([])
})
