import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createReceiver } from '../src/demonstration/receivers.ts'
import { cloneRepository } from '../src/demonstration/working-copy.ts'
import { startHost } from '../src/host.ts'

test('a push becomes a delivery to whoever subscribed over HTTP', async () => {
  const root = await mkdtemp(join(tmpdir(), 'git-server-host-'))
  const display = { say: () => undefined, accepted: () => undefined, attempted: () => undefined }
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
