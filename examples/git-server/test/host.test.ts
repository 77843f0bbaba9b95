import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createMemoryStore, type Store } from 'posthorn'
import { expect, test } from 'vitest'
import { createReceiver } from '../src/demonstration/receivers.ts'
import { cloneRepository } from '../src/demonstration/working-copy.ts'
import { startHost } from '../src/host.ts'
import { listenOnLoopback } from '../src/server/listen-on-loopback.ts'
import { writeSpoolFile } from '../src/server/spool-file.ts'

const display = { say: () => undefined, accepted: () => undefined, attempted: () => undefined }

test('a push becomes a delivery to whoever subscribed over HTTP', async () => {
  const root = await mkdtemp(join(tmpdir(), 'git-server-host-'))
  const host = await startHost({ root, emitter: { addresses: { allow: ['127.0.0.0/8'] } }, display })
  const receiver = await createReceiver()
  const subscribe = (body: object, type = 'application/json') =>
    fetch(host.webhooksUrl, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) })

  expect((await subscribe({ url: `${receiver.url}/hook` }, 'text/plain')).status).toBe(415)
  expect((await subscribe({ url: 'ftp://127.0.0.1/' })).status).toBe(400)
  expect((await subscribe({ url: `${receiver.url}/hook` })).status).toBe(201)
  const copy = await cloneRepository(root, host.cloneUrl)
  await copy.commit('README.md', '# Hello\n', 'Say hello')
  await copy.git('push', 'origin', 'main')
  await host.emitter.idle()

  expect(receiver.arrivals).toEqual([
    {
      status: 200,
      body: { dialect: 'bitbucket-cloud', refActions: 'create main' },
      isSignatureVerified: false,
    },
  ])
  await host.close()
  await receiver.close()
  await rm(root, { recursive: true })
})

test('every name of a ref that Git takes is told of in JSON and in links, and in no header', async () => {
  const root = await mkdtemp(join(tmpdir(), 'git-server-host-'))
  const names = [
    'line\u2028break',
    'paragraph\u2029',
    'next\u0085line',
    '\u0080\u009f',
    '--help',
    'ü"<b>',
    'main',
  ]
  const host = await startHost({ root, emitter: { addresses: { allow: ['127.0.0.0/8'] } }, display })
  const requests: { readonly headers: string; readonly body: Buffer }[] = []
  const receiver = createServer((request, response) => {
    void buffer(request).then((body) => {
      requests.push({ headers: request.rawHeaders.join('\n'), body })
      response.end()
    })
  })
  const { url } = await listenOnLoopback(receiver)
  await host.subscribe({ url })
  await host.subscribe({ url, dialect: 'bitbucket-server-post-receive' })
  const copy = await cloneRepository(root, host.cloneUrl)
  await copy.commit('README.md', '# Hello\n', 'Say hello')
  await copy.git('push', 'origin', ...names.map((name) => `main:refs/heads/${name}`))
  await host.emitter.idle()

  expect(await readdir(join(root, 'spool'))).toEqual([])
  expect(requests).toHaveLength(2)
  for (const { headers, body } of requests) {
    expect(headers).toMatch(/^[\n\x20-\x7e]+$/)
    expect(headers).not.toMatch(/break|paragraph|line|help/)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    const { push, refChanges } = JSON.parse(text)
    const told = push?.changes.map((change: { new: { name: string } }) => change.new.name)
    expect((told ?? refChanges.map(({ refId }: { refId: string }) => refId.slice(11))).toSorted()).toEqual(
      names.toSorted(),
    )
    for (const [link = ''] of text.matchAll(/(?<=")https?:[^"]*/g)) expect(link).toMatch(/^[\x21-\x7e]+$/)
    if (push !== undefined) expect(text).toContain('/next%C2%85line"')
  }
  await host.close()
  receiver.close()
  await once(receiver, 'close')
  await rm(root, { recursive: true })
})

test('pushes that were left are told of once the host serves, but none of a repository that it does not have', async () => {
  const root = await mkdtemp(join(tmpdir(), 'git-server-host-'))
  const spoolFolder = join(root, 'spool')
  await mkdir(spoolFolder)
  const leave = (at: number, repository: string) => {
    const lines = `${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/main\n`
    const pushId = `${at}-0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001`
    return writeSpoolFile(spoolFolder, pushId, JSON.stringify({ repository, user: 'demo-user', lines }))
  }
  await leave(1_700_000_000_000, 'other/one')
  await leave(1_700_000_000_001, 'demo/hello')
  const served = Promise.withResolvers<void>()
  const memory = createMemoryStore()
  const store: Store = {
    open: async (options) => {
      const handle = await memory.open(options)
      // Nobody has subscribed, so this is all that the store hears of a push.
      return {
        ...handle,
        match: async (...values: Parameters<typeof handle.match>) => {
          await served.promise
          return handle.match(...values)
        },
      }
    },
  }
  const accepted: string[] = []
  const host = await startHost({
    root,
    emitter: { store },
    display: { ...display, accepted: ({ refActions }) => void accepted.push(refActions) },
  })
  expect(accepted).toEqual([])
  served.resolve()
  await host.spoolRead
  expect(accepted).toEqual(['create main'])
  expect(await readdir(spoolFolder)).toEqual([expect.stringMatching(/^1700000000000-/)])
  await host.close()
  await rm(root, { recursive: true })
})
