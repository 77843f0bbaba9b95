import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { AddressOptions } from '../../src/address/address-options.ts'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import type { Resolver } from '../../src/address/resolver.ts'
import { createSender, type Sender, type SendRequest } from '../../src/send/sender.ts'
import type { SenderOptions } from '../../src/send/sender-options.ts'
import { answerWith } from '../address/fixed-resolver.ts'

export interface SenderFixture extends Partial<Omit<SenderOptions, 'policy'>> {
  readonly addresses?: AddressOptions
}

/** Loopback addresses, in plain sight. */
export const loopback: AddressOptions = { allow: ['127.0.0.0/8', '::1/128'] }

/** A sender for loopback targets that ends with the test. Names lead to 127.0.0.1 unless the test gives a resolver. */
export function openSender({ addresses = loopback, ...options }: SenderFixture = {}): Sender {
  const resolver: Resolver = answerWith('127.0.0.1')
  const sender = createSender({ resolver, ...options, policy: createAddressPolicy(addresses) })
  onTestFinished(() => sender.close())
  return sender
}

/** A request with a small body and time enough. */
export function requestTo(url: string, fields: Partial<SendRequest> = {}): SendRequest {
  return {
    url: new URL(url),
    headers: [['Content-Type', 'application/json']],
    body: new TextEncoder().encode('{"a":1}'),
    profile: { verifiesCertificates: true },
    deadlineMs: 10_000,
    ...fields,
  }
}

/** Counts the sockets that this process opens towards others, from now to the end of the test. */
export function countSockets(): { readonly count: number } {
  const counter = { count: 0 }
  const onSocket = (): void => {
    counter.count += 1
  }
  subscribe('net.client.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.client.socket', onSocket))
  return counter
}

/** Puts a server on a free port of 127.0.0.1 until the end of the test. */
export async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => void server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('Expected a server on a port.')
  return address.port
}

/** A server that answers every request with the same bytes, and ends no connection by itself. Requests must come in one piece. */
export async function answerAllWith(
  bytes: string,
): Promise<{ readonly url: string; readonly connectionCount: number }> {
  const counter = { count: 0 }
  const server = createServer((socket) => {
    counter.count += 1
    socket.on('data', () => socket.write(bytes))
  })
  const url = `http://127.0.0.1:${await listen(server)}/`
  return {
    url,
    get connectionCount() {
      return counter.count
    },
  }
}
