import { createServer } from 'node:net'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { describe, expect, test } from 'vitest'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { answerWith } from '../address/fixed-resolver.ts'
import { openDeafServer } from './deaf-server.ts'
import { listen, openSender, requestTo } from './sender-fixture.ts'

/** A server that remembers where connections came from, and answers each with a 200. */
async function openServer() {
  const from: (string | undefined)[] = []
  const server = createServer((socket) => {
    from.push(socket.remoteAddress)
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  return { port: await listen(server), from }
}

test('connections come from the address that was given', async () => {
  const { port, from } = await openServer()
  const sender = openSender({ network: resolveNetwork({ localAddress: '127.0.0.5' }) })
  await sender.send(requestTo(`http://127.0.0.1:${port}/`))
  await sender.send(requestTo(`http://receiver.example:${port}/`))
  expect(from).toEqual(['127.0.0.5', '127.0.0.5'])
})

test('if one address does not answer, the next is tried', async () => {
  const { port, from } = await openServer()
  const network = resolveNetwork({ localAddress: ['127.0.0.5', '::1'] })
  const sender = openSender({ network, resolver: answerWith('::1', '127.0.0.9', '127.0.0.1') })
  expect((await sender.send(requestTo(`http://receiver.example:${port}/`))).outcome.word).toBe('http.2xx')
  expect(from).toEqual(['127.0.0.5'])
})

test('an address that never answers is given up for the next, long before the deadline', async () => {
  const { port, from } = await openServer()
  await openDeafServer('127.0.0.9', port)
  const network = resolveNetwork({ localAddress: '127.0.0.5' })
  const sender = openSender({ network, resolver: answerWith('127.0.0.9', '127.0.0.1') })
  const request = requestTo(`http://receiver.example:${port}/`, { deadlineMs: 1_000_000 })
  expect((await sender.send(request)).outcome.word).toBe('http.2xx')
  expect(from).toEqual(['127.0.0.5'])
})

test('a receiver that has only addresses of another family has no route', async () => {
  const { port, from } = await openServer()
  const network = resolveNetwork({ localAddress: '::1' })
  const record = await openSender({ network }).send(requestTo(`http://receiver.example:${port}/`))
  expect(record.outcome).toMatchObject({ kind: 'own-fault', word: 'local.no-route' })
  expect(from).toEqual([])
})

test('an address that is not of this machine is a fault of our own side', async () => {
  const { port, from } = await openServer()
  const network = resolveNetwork({ localAddress: '192.0.2.1' })
  const record = await openSender({ network }).send(requestTo(`http://127.0.0.1:${port}/`))
  expect(record.outcome).toMatchObject({ kind: 'own-fault', detail: 'EADDRNOTAVAIL' })
  expect(from).toEqual([])
})

test('a closed port is refused', async () => {
  const receiver = await createReceiver()
  await receiver.close()
  const network = resolveNetwork({ localAddress: '127.0.0.5' })
  const record = await openSender({ network }).send(requestTo(receiver.url))
  expect(record.outcome).toMatchObject({ word: 'connect.refused' })
})

test('a stop ends an attempt before the next address is tried', async () => {
  const network = resolveNetwork({ localAddress: '127.0.0.5' })
  const sender = openSender({ network, resolver: answerWith('127.0.0.1', '127.0.0.2') })
  const record = await sender.send(requestTo('http://receiver.example:1024/'), AbortSignal.abort())
  expect(record.outcome.word).toBe('stopped')
})

describe('a local address is refused', () => {
  test.for<[unknown]>([
    [''],
    ['localhost'],
    ['127.1'],
    ['127.0.0.0/8'],
    [[]],
    [['127.0.0.1', '127.0.0.2']],
    [['127.0.0.1', 7]],
    [7],
  ])('that is %j', ([localAddress]) => {
    expect(() => resolveNetwork({ localAddress: localAddress as never })).toThrow('`localAddress`')
  })
})
