import { createAuthority } from '@posthorn/test-kit/certificates'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { accepted, hang, reset } from '@posthorn/test-kit/receiver-answer'
import { expect, test } from 'vitest'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { openProxy } from './proxy-fixture.ts'
import { openSender, requestTo } from './sender-fixture.ts'

const authority = await createAuthority()
const none = { lookUpMs: null, connectMs: null, tlsMs: null, firstByteMs: null }
const some = expect.any(Number)

test('a fresh connection has every phase, and a kept one only the wait for the answer', async () => {
  await using receiver = await createReceiver({ certificate: await authority.issue() })
  const sender = openSender({ network: resolveNetwork({ tls: { ca: authority.cert } }) })
  const request = requestTo(`https://localhost:${receiver.port}/`)
  const first = await sender.send(request)
  const second = await sender.send(request)
  expect(first.phases).toEqual({ lookUpMs: some, connectMs: some, tlsMs: some, firstByteMs: some })
  expect(second.phases).toEqual({ ...none, firstByteMs: some })
})

test('an address has no look-up, and plain http no TLS', async () => {
  await using receiver = await createReceiver()
  const { phases } = await openSender().send(requestTo(receiver.url))
  expect(phases).toEqual({ ...none, connectMs: some, firstByteMs: some })
})

test('phases end where the attempt ended', async () => {
  await using silent = await createReceiver({ onConnection: 'silent' })
  await using hanging = await createReceiver({ answers: [hang] })
  const closed = await createReceiver()
  await closed.close()
  const sender = openSender()
  const blocked = openSender({ addresses: {} })
  const unknown = openSender({
    resolver: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
  })
  const url = `http://receiver.example:${hanging.port}/`
  const tls = requestTo(`https://127.0.0.1:${silent.port}/`, { deadlineMs: 200 })
  expect((await blocked.send(requestTo(hanging.url))).phases).toEqual(none)
  expect((await blocked.send(requestTo(url))).phases).toEqual({ ...none, lookUpMs: some })
  expect((await unknown.send(requestTo(url))).phases).toEqual({ ...none, lookUpMs: some })
  expect((await sender.send(requestTo(closed.url))).phases).toEqual({ ...none, connectMs: some })
  expect((await sender.send(tls)).phases).toEqual({ ...none, connectMs: some, tlsMs: some })
  expect((await sender.send(requestTo(url, { deadlineMs: 200 }))).phases).toEqual({
    ...none,
    lookUpMs: some,
    connectMs: some,
  })
  expect((await sender.send(requestTo(url), AbortSignal.abort())).phases).toEqual(none)
})

test('of an attempt that was sent twice, the phases of the second are told', async () => {
  await using receiver = await createReceiver({ answers: [accepted, reset, accepted] })
  const sender = openSender()
  await sender.send(requestTo(receiver.url))
  const record = await sender.send(requestTo(receiver.url))
  expect(record).toMatchObject({ isResent: true, phases: { ...none, connectMs: some, firstByteMs: some } })
})

test('the way through a proxy is part of connecting', async () => {
  await using receiver = await createReceiver()
  const proxy = await openProxy()
  const url = `http://127.0.0.1:${proxy.port}`
  const network = resolveNetwork({ proxy: { url, targetsResolvedByProxy: true } })
  const sender = openSender({ network })
  const { phases } = await sender.send(requestTo(`http://receiver.example:${receiver.port}/`))
  expect(phases).toEqual({ ...none, connectMs: some, firstByteMs: some })
})
