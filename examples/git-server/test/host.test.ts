import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createReceiver } from '../src/demonstration/receivers.ts'
import { cloneRepository } from '../src/demonstration/working-copy.ts'
import { startHost } from '../src/host.ts'
import { listenOnLoopback } from '../src/server/listen-on-loopback.ts'

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
