import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cloneRepository } from '../src/demonstration/working-copy.ts'
import { listenOnLoopback } from '../src/server/listen-on-loopback.ts'
import { createGate } from './gate.ts'

/**
 * The host in a process of its own, on a SQLite file. It says where it is, then `held` when an event is about to be stored (`HOLD=before`)
 * or has been (`HOLD=after`), and goes no further; without `HOLD`, how many deliveries there are when it has nothing to do.
 */
const script = `
  import { flushCompileCache } from 'node:module'
  import { startHost } from ${toSource('host.ts')}
  import { sqliteStores } from ${toSource('host-store.ts')}
  const { ROOT, PORT, HOLD } = process.env
  const hold = () => new Promise(() => console.log('held'))
  const holding = (store) => ({
    open: async (options) => {
      const handle = await store.open(options)
      const heldUp = (append) => async (...values) => {
        if (HOLD === 'before') await hold()
        const outcome = await append(...values)
        if (HOLD === 'after') await hold()
        return outcome
      }
      return { ...handle, append: heldUp(handle.append), appendMatched: heldUp(handle.appendMatched) }
    },
  })
  const none = () => undefined
  const host = await startHost({
    root: ROOT,
    port: Number(PORT),
    emitter: { store: holding(sqliteStores(ROOT)), addresses: { allow: ['127.0.0.0/8'] } },
    display: { say: none, accepted: none, attempted: none },
  })
  console.log(host.cloneUrl)
  // A process that is killed leaves nothing for the next one otherwise.
  flushCompileCache()
  process.stdin.on('data', (url) => void host.subscribe({ url: String(url) }).then(() => console.log('subscribed')))
  if (HOLD === undefined) {
    await host.spoolRead
    await host.emitter.idle()
    const { deliveries } = await host.emitter.deliveries.list()
    console.log(deliveries.length)
  }
`

interface Life {
  readonly process: ChildProcess
  readonly cloneUrl: string
  readLine(): Promise<string>
  /** Resolves when the process and all that it started have ended, because they all hold its standard error. */
  readonly ended: Promise<unknown>
}

let folder: string
let lives: Life[]
let receiver: Server
let receiverUrl: string
/** The ids of the deliveries that arrived. */
let arrived: (string | undefined)[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-server-spool-'))
  lives = []
  arrived = []
  receiver = createServer((request, response) => {
    arrived.push(request.headers['x-request-uuid']?.toString())
    response.end()
  })
  receiverUrl = (await listenOnLoopback(receiver)).url
})

afterEach(async () => {
  for (const { process } of lives) process.kill('SIGKILL')
  await Promise.all(lives.map(({ ended }) => ended))
  receiver.close()
  await rm(folder, { recursive: true })
})

const { PATH, NODE_COMPILE_CACHE } = process.env

async function live(port: number, hold: Readonly<Record<string, string>> = {}): Promise<Life> {
  const child = spawn(
    process.execPath,
    ['--conditions=@posthorn/source', '--input-type=module', '--eval', script],
    {
      // Within the example, whose dependencies the script imports.
      cwd: import.meta.dirname,
      env: { PATH, NODE_COMPILE_CACHE, ROOT: folder, PORT: String(port), ...hold },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  child.stderr.resume()
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const readLine = async () => String((await lines.next()).value)
  const life = { process: child, ended: once(child, 'close'), readLine, cloneUrl: '' }
  lives.push(life)
  return { ...life, cloneUrl: await readLine() }
}

async function subscribe(life: Life): Promise<void> {
  life.process.stdin?.write(`${receiverUrl}/hook`)
  expect(await life.readLine()).toBe('subscribed')
}

async function prepare(hold: Readonly<Record<string, string>>) {
  const life = await live(0, hold)
  await subscribe(life)
  const copy = await cloneRepository(folder, life.cloneUrl)
  await copy.commit('README.md', '# Hello\n', 'Say hello')
  return { life, copy, port: Number(new URL(life.cloneUrl).port) }
}

/** Two more lives: one that finds what the first one left, and one that must find nothing. */
async function expectToldOnce(port: number): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    const next = await live(port)
    expect(await next.readLine()).toBe('1')
    expect(await readdir(join(folder, 'spool'))).toEqual([])
    next.process.kill('SIGKILL')
    await next.ended
  }
  expect(new Set(arrived).size).toBe(1)
  expect(arrived[0]).toMatch(/^[0-9a-f-]{36}$/)
}

test('a push whose hook finds the server killed is told of once, by the next one', async () => {
  const { life, copy, port } = await prepare({ HOLD: 'never' })
  const gate = await createGate()
  const path = join(folder, 'demo', 'hello.git', 'hooks', 'post-receive')
  const wait = `'${process.execPath}' -e 'fetch("${gate.url}")' </dev/null`
  await writeFile(path, (await readFile(path, 'utf8')).replace('exec', `${wait}\nexec`))
  const pushed = copy.git('push', 'origin', 'main').catch(() => undefined)
  await gate.reached
  life.process.kill('SIGKILL')
  await pushed
  await gate.open()
  await life.ended

  expect(await readdir(join(folder, 'spool'))).toHaveLength(1)
  expect(arrived).toEqual([])
  await expectToldOnce(port)
})

test.for(['before', 'after'])(
  'a push is told of once when the server is killed right %s it stored the event',
  async (hold) => {
    const { life, copy, port } = await prepare({ HOLD: hold })
    const pushed = copy.git('push', 'origin', 'main').catch(() => undefined)
    expect(await life.readLine()).toBe('held')
    life.process.kill('SIGKILL')
    await pushed
    await life.ended

    expect(await readdir(join(folder, 'spool'))).toHaveLength(1)
    await expectToldOnce(port)
  },
)

function toSource(path: string): string {
  return JSON.stringify(new URL(`../src/${path}`, import.meta.url).href)
}
