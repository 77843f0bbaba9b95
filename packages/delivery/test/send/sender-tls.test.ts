import { createServer } from 'node:tls'
import { createAuthority, createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { hang } from '@posthorn/test-kit/receiver-answer'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { listen, openSender, requestTo } from './sender-fixture.ts'

const authority = await createAuthority()
const network = resolveNetwork({ tls: { ca: authority.cert } })
const careful = { verifiesCertificates: true }
const careless = { verifiesCertificates: false }

test('a certificate of a trusted authority is verified, for an address and for a name', async () => {
  await using receiver = await createReceiver({ certificate: await authority.issue() })
  const sender = openSender({ network })
  for (const url of [
    receiver.url,
    `https://localhost:${receiver.port}/`,
    `https://LocalHost.:${receiver.port}/`,
  ]) {
    const record = await sender.send(requestTo(url, { profile: careful }))
    expect(record).toMatchObject({ outcome: { word: 'http.2xx' }, certificateVerification: 'verified' })
  }
})

describe('a certificate that is', () => {
  test.for([
    ['expired', { validity: 'past' }, 'tls.expired'],
    ['not valid yet', { validity: 'future' }, 'tls.not-yet-valid'],
    ['for another name', { hosts: ['other.example'] }, 'tls.host-mismatch'],
    ['for another address', { hosts: ['127.0.0.2'] }, 'tls.host-mismatch'],
  ] as const)('%s is refused, unless verification is skipped', async ([, options, word]) => {
    await using receiver = await createReceiver({ certificate: await authority.issue(options) })
    const sender = openSender({ network })
    const refused = await sender.send(requestTo(receiver.url, { profile: careful }))
    expect(refused).toMatchObject({
      outcome: { kind: 'unanswered', word },
      certificateVerification: 'verified',
    })
    expect(receiver.requests).toHaveLength(0)
    const accepted = await sender.send(requestTo(receiver.url, { profile: careless }))
    expect(accepted).toMatchObject({ outcome: { word: 'http.2xx' }, certificateVerification: 'skipped' })
  })

  test('self-signed is refused, unless verification is skipped', async () => {
    await using receiver = await createReceiver({ certificate: await createSelfSignedCertificate() })
    const sender = openSender()
    expect((await sender.send(requestTo(receiver.url))).outcome.word).toBe('tls.self-signed')
    expect((await sender.send(requestTo(receiver.url, { profile: careless }))).outcome.word).toBe('http.2xx')
  })

  test('of an unknown authority is refused', async () => {
    await using receiver = await createReceiver({ certificate: await authority.issue() })
    expect((await openSender().send(requestTo(receiver.url))).outcome.word).toBe('tls.untrusted')
  })
})

test('profiles never share a connection', async () => {
  await using receiver = await createReceiver({ certificate: await authority.issue() })
  const sender = openSender({ network })
  for (const profile of [careless, careful, careless, careful]) {
    await sender.send(requestTo(receiver.url, { profile }))
  }
  expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 2, 1, 2])
})

test('the receiver is told its name in the handshake, without the dot, and no name for an address', async () => {
  const told: unknown[] = []
  const server = createServer(await authority.issue(), (socket) => {
    told.push(socket.servername)
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  })
  const port = await listen(server)
  const sender = openSender()
  for (const host of ['localhost', 'LocalHost.', '127.0.0.1']) {
    await sender.send(requestTo(`https://${host}:${port}/`, { profile: careless }))
  }
  expect(told).toEqual(['localhost', 'localhost', false])
})

test('a receiver that knows only old versions of TLS is not agreed with', async () => {
  const { key, cert } = await authority.issue()
  const server = createServer({
    key,
    cert,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
  })
  server.on('tlsClientError', () => {})
  const port = await listen(server)
  const record = await openSender().send(requestTo(`https://127.0.0.1:${port}/`, { profile: careless }))
  expect(record.outcome.word).toBe('tls.failed')
})

test('a receiver of plain HTTP is not agreed with', async () => {
  await using receiver = await createReceiver()
  const record = await openSender().send(
    requestTo(`https://127.0.0.1:${receiver.port}/`, { profile: careless }),
  )
  expect(record.outcome.word).toBe('tls.failed')
})

test('a connection that ends during the handshake is reset, and one that says nothing runs into the deadline', async () => {
  await using ending = await createReceiver({ onConnection: 'reset' })
  await using silent = await createReceiver({ onConnection: 'silent' })
  const sender = openSender()
  const ended = await sender.send(requestTo(`https://127.0.0.1:${ending.port}/`))
  expect(ended.outcome.word).toBe('connect.reset')
  const waited = await sender.send(requestTo(`https://127.0.0.1:${silent.port}/`, { deadlineMs: 200 }))
  expect(waited.outcome.word).toBe('timeout.total')
  await silent.waitForNoConnection()
})

test('NODE_TLS_REJECT_UNAUTHORIZED does not turn verification off', async () => {
  await using receiver = await createReceiver({ certificate: await createSelfSignedCertificate() })
  // Node warns of the variable as soon as it is read.
  const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  onTestFinished(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    warnings.mockRestore()
  })
  expect((await openSender().send(requestTo(receiver.url))).outcome.word).toBe('tls.self-signed')
})

test('the deadline counts over TLS too', async () => {
  await using receiver = await createReceiver({ certificate: await authority.issue(), answers: [hang] })
  const record = await openSender({ network }).send(
    requestTo(receiver.url, { profile: careful, deadlineMs: 300 }),
  )
  expect(record.outcome.word).toBe('timeout.total')
})
