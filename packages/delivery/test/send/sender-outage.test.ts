import { createReceiver } from '@posthorn/test-kit/receiver'
import { expect, test } from 'vitest'
import type { ResolveFunction } from '../../src/address/resolver.ts'
import { openSender, requestTo } from './sender-fixture.ts'

/** Names that begin with a code fail with it; `hang` never ends; `many` has 257 addresses; all others lead to 127.0.0.1. */
const resolver: ResolveFunction = (host) => {
  const [code = ''] = host.split('.')
  if (code === 'hang') return new Promise(() => {})
  if (code.startsWith('e')) {
    return Promise.reject(Object.assign(new Error('no'), { code: code.toUpperCase().replace('-', '_') }))
  }
  return Promise.resolve(
    Array.from({ length: code === 'many' ? 257 : 1 }, () => ({ address: '127.0.0.1', family: 4 })),
  )
}

async function sendToEach(hosts: readonly string[], lookUpOutageMs = 0) {
  await using receiver = await createReceiver()
  const sender = openSender({ resolver, lookUpOutageMs })
  const outcomes: string[] = []
  for (const host of hosts) {
    const request = requestTo(`http://${host}:${receiver.port}/`, { deadlineMs: 200 })
    const { outcome } = await sender.send(request)
    outcomes.push(`${outcome.kind} ${outcome.word}`)
  }
  return outcomes
}

test('when every look-up fails, with three names, the fault is ours, until one is answered', async () => {
  expect(
    await sendToEach(['eai-again.a', 'eservfail.b', 'eai-again.a', 'etimeout.c', 'good.d', 'eservfail.b']),
  ).toEqual([
    'unanswered dns.failed',
    'unanswered dns.failed',
    'unanswered dns.failed',
    'own-fault local.dns',
    'answered http.2xx',
    'unanswered dns.failed',
  ])
})

test('look-ups that the deadline cuts off have failed', async () => {
  expect(await sendToEach(['hang.a', 'hang.b', 'hang.c'])).toEqual([
    'unanswered dns.timeout',
    'unanswered dns.timeout',
    'own-fault local.dns',
  ])
})

test('a name that does not exist is its receiver`s, and shows that look-ups are answered', async () => {
  const hosts = ['enotfound.a', 'enotfound.b', 'enotfound.c', 'enodata.d', 'eservfail.a', 'eservfail.b']
  expect(await sendToEach([...hosts, 'enotfound.e', 'eservfail.c'])).toEqual([
    ...Array.from({ length: 4 }, () => 'unanswered dns.not-found'),
    'unanswered dns.failed',
    'unanswered dns.failed',
    'unanswered dns.not-found',
    'unanswered dns.failed',
  ])
})

test('names with too many addresses are answered, so they are no outage', async () => {
  expect(await sendToEach(['many.a', 'many.b', 'many.c', 'many.d'])).toEqual(
    Array.from({ length: 4 }, () => 'unanswered dns.failed'),
  )
})

test('literal addresses say nothing of look-ups', async () => {
  expect(await sendToEach(['eservfail.a', 'eservfail.b', '127.0.0.1', 'eservfail.c'])).toEqual([
    'unanswered dns.failed',
    'unanswered dns.failed',
    'answered http.2xx',
    'own-fault local.dns',
  ])
})

test('a name whose address is refused was looked up all the same', async () => {
  const sender = openSender({ resolver, lookUpOutageMs: 0, addresses: {} })
  const words = []
  for (const host of ['eservfail.a', 'eservfail.b', 'refused.c', 'eservfail.d']) {
    words.push((await sender.send(requestTo(`http://${host}/`))).outcome.word)
  }
  expect(words).toEqual(['dns.failed', 'dns.failed', 'target.blocked', 'dns.failed'])
})

test('before its time an outage is that of each name', async () => {
  const hosts = ['eservfail.a', 'eservfail.b', 'eservfail.c', 'eservfail.d']
  expect(new Set(await sendToEach(hosts, 30_000))).toEqual(new Set(['unanswered dns.failed']))
})
