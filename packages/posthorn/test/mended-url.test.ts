import { Buffer } from 'node:buffer'
import type { Store } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { describe, expect, test } from 'vitest'
import { createAesGcmEncryption, createMemoryStore } from '../src/index.ts'
import { attemptsOf, deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const url = 'http://127.0.0.1:65535/hook'

function encryptionWith(currentKeyId: 'a' | 'b') {
  return createAesGcmEncryption({ keys: { [currentKeyId]: Buffer.alloc(32, currentKeyId) }, currentKeyId })
}

/** Puts a URL into a stored subscription as an earlier release would have. */
async function storeUrl(store: Store, id: string, stored: string): Promise<void> {
  const handle = await store.open({ clock: createManualClock() })
  const [record] = await handle.getSubscriptions([id])
  if (record === undefined) expect.unreachable()
  const { settings } = record.content
  const content = { ...record.content, settings: { ...settings, url: stored } }
  await handle.updateSubscription(id, record.version, content, { group: 'webhook', maxCount: 50 })
  await handle.close()
}

describe('a stored URL that no rule of today would take', () => {
  async function createOld() {
    const store = createMemoryStore()
    const emitter = await open({ store })
    const { id } = await emitter.subscriptions.create({ subject, url })
    await storeUrl(store, id, 'http://127.0.0.1:65535/hook#fragment')
    return { emitter, id }
  }

  test('can be changed to another', async () => {
    const { emitter, id } = await createOld()
    const receiver = await receive()
    expect(await emitter.subscriptions.update(id, { url: receiver.url, title: 'CI' })).toMatchObject({
      url: receiver.url,
      title: 'CI',
    })
    const attempts = attemptsOf(emitter)
    await deliver(emitter)
    await emitter.idle()
    expect(attempts).toMatchObject([{ attempt: { outcome: { word: 'http.2xx' } } }])
  })

  test('can be changed to none that is refused', async () => {
    const { emitter, id } = await createOld()
    const invalid = { code: 'subscription.url-invalid' }
    const forbidden = { code: 'subscription.url-forbidden' }
    await expect(emitter.subscriptions.update(id, { url: `${url}#other` })).rejects.toMatchObject(invalid)
    await expect(emitter.subscriptions.update(id, { url: 'http://10.0.0.1/' })).rejects.toMatchObject(
      forbidden,
    )
  })

  test('stays what it is, and says so, when something else is changed', async () => {
    const { emitter, id } = await createOld()
    const invalid = { code: 'subscription.url-invalid' }
    await expect(emitter.subscriptions.update(id, { title: 'CI' })).rejects.toMatchObject(invalid)
    await expect(
      emitter.subscriptions.update(id, { title: 'CI', url: undefined } as object),
    ).rejects.toMatchObject(invalid)
  })
})

test('a URL whose key is lost can be changed to another, and nothing else of it', async () => {
  const store = createMemoryStore()
  const before = await open({ store, encryption: encryptionWith('a') })
  const { id } = await before.subscriptions.create({ subject, url })
  const after = await open({ store, encryption: encryptionWith('b') })
  const unreadable = { code: 'secret.unreadable' }
  await expect(after.subscriptions.update(id, { title: 'CI' })).rejects.toMatchObject(unreadable)
  expect(await after.subscriptions.update(id, { url })).toMatchObject({ url })
  expect(await after.subscriptions.get(id)).toMatchObject({ url })
})
