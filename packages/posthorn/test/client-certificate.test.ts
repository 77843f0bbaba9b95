import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import type { SubscriptionRecord } from '@posthorn/core'
import { createAuthority, createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../src/index.ts'
import { open } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const url = 'https://127.0.0.1:65535/hook'
const own = await createSelfSignedCertificate()
const other = await createSelfSignedCertificate()
const authority = await createAuthority()
const issued = await authority.issue()

describe('a client certificate', () => {
  test('can be read back without its key', async () => {
    const emitter = await open()
    const created = await emitter.subscriptions.create({
      subject,
      url,
      tls: { certificate: issued.cert + authority.cert, key: issued.key },
    })
    expect(created.tls?.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(inspect(created)).not.toContain('PRIVATE KEY')
    expect(await emitter.subscriptions.update(created.id, { title: 'CI' })).toMatchObject({
      tls: created.tls,
    })
    expect(await emitter.subscriptions.update(created.id, { tls: null })).toMatchObject({ tls: null })
  })

  test('is stored as certificates and a key, without what stood around them', async () => {
    const store = createMemoryStore()
    const emitter = await open({ store })
    const certificate = `Bag Attributes S3CRET\n${own.cert}`
    const { id } = await emitter.subscriptions.create({
      subject,
      url,
      tls: { certificate, key: `S3CRET\n${own.key}` },
    })
    const handle = await store.open({ clock: createManualClock() })
    const [record]: readonly SubscriptionRecord[] = await handle.getSubscriptions([id])
    await handle.close()
    expect(record?.content.settings.tls?.certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    expect(JSON.stringify(record)).not.toContain('S3CRET')
  })

  const passphrase = 'S3CRET'
  const encrypted = createPrivateKey(own.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString()
  const publicKey = generateKeyPairSync('ed25519')
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()

  test.for([
    ['whose key is that of another', { certificate: own.cert, key: other.key }, 'tls.key'],
    ['whose key is encrypted', { certificate: own.cert, key: encrypted }, 'tls.key'],
    ['with a public key', { certificate: own.cert, key: publicKey }, 'tls.key'],
    ['with no key', { certificate: own.cert }, 'tls.key'],
    ['with text for a key', { certificate: own.cert, key: 'S3CRET' }, 'tls.key'],
    ['with a certificate for a key', { certificate: own.cert, key: own.cert }, 'tls.key'],
    ['with text for a certificate', { certificate: 'S3CRET', key: own.key }, 'tls.certificate'],
    ['with a key for a certificate', { certificate: own.key, key: own.key }, 'tls.certificate'],
    ['with its key in it', { certificate: own.cert + own.key, key: own.key }, 'tls.certificate'],
    ['that is broken', { certificate: own.cert.replaceAll('A', 'B'), key: own.key }, 'tls.certificate'],
    ['that is cut off', { certificate: own.cert.slice(0, -40), key: own.key }, 'tls.certificate'],
    ['with the authority first', { certificate: authority.cert + issued.cert, key: issued.key }, 'tls.key'],
    ['that is too long', { certificate: own.cert.repeat(200), key: own.key }, 'tls.certificate'],
    ['with a passphrase', { certificate: own.cert, key: encrypted, passphrase }, 'tls'],
    ['that is bytes', { certificate: Buffer.from(own.cert), key: own.key }, 'tls.certificate'],
    ['that is text', own.cert, 'tls'],
  ] as const)('%s is refused, and nothing of it is shown', async ([, tls, field]) => {
    const emitter = await open()
    const creating = emitter.subscriptions.create({ subject, url, tls } as never)
    await expect(creating).rejects.toMatchObject({ code: 'subscription.invalid', field })
    const error: unknown = await creating.catch((thrown: unknown) => thrown)
    const shown = inspect(error, { depth: 9, showHidden: true })
    expect(shown).not.toContain('S3CRET')
    expect(shown).not.toContain(own.key.split('\n')[1])
  })
})
