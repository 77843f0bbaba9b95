import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthority } from '@posthorn/test-kit/certificates'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isFromAllowedAddress, type ResolveFunction } from '../src/index.ts'
import { attemptsOf, deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

/** Gives every name these addresses, and remembers which were asked for. */
function answerWith(...addresses: readonly string[]) {
  const asked: string[] = []
  const resolver: ResolveFunction = (host) => {
    asked.push(host)
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
  }
  return { asked, resolver }
}

describe('with checkNamesOnCreate', () => {
  const addresses = { checkNamesOnCreate: true }

  test('a name that leads to a forbidden address is refused, and the address is not told', async () => {
    const { resolver } = answerWith('8.8.8.8', '10.11.12.13')
    const emitter = await open({ addresses, resolver })
    const creating = emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
    await expect(creating).rejects.toMatchObject({ code: 'subscription.url-forbidden', field: 'url' })
    await expect(creating).rejects.not.toThrow(/10\.11|8\.8\.8|private|RFC/)
    expect(await emitter.subscriptions.list(subject)).toEqual([])
  })

  test('a name is judged again when the URL changes, and only then', async () => {
    const answers = ['8.8.8.8']
    const { asked, resolver } = answerWith('8.8.8.8')
    const emitter = await open({
      addresses,
      resolver: async (host, signal) => {
        await resolver(host, signal)
        return answers.map((address) => ({ address, family: 4 as const }))
      },
    })
    const created = await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
    answers[0] = '169.254.169.254'
    await emitter.subscriptions.update(created.id, { title: 'CI' })
    const updating = emitter.subscriptions.update(created.id, { url: 'https://ci.example.com/other' })
    await expect(updating).rejects.toMatchObject({ code: 'subscription.url-forbidden' })
    expect(await emitter.subscriptions.get(created.id)).toMatchObject({ url: created.url, title: 'CI' })
    expect(asked).toEqual(['ci.example.com', 'ci.example.com'])
  })

  test.for<[string, ResolveFunction]>([
    ['fails', () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))],
    ['finds nothing', () => Promise.resolve([])],
    ['never ends', () => new Promise(() => {})],
  ])('a look-up that %s lets the name pass', async ([, resolver]) => {
    const emitter = await open({ addresses, resolver, deadlineMs: 100 })
    const created = await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
    expect(created.url).toBe('https://ci.example.com/hook')
  })

  test('a literal address is not looked up', async () => {
    const { asked, resolver } = answerWith('8.8.8.8')
    const emitter = await open({ addresses, resolver })
    await emitter.subscriptions.create({ subject, url: 'https://8.8.8.8/hook' })
    const creating = emitter.subscriptions.create({ subject, url: 'https://127.0.0.1/hook' })
    await expect(creating).rejects.toMatchObject({ code: 'subscription.url-forbidden' })
    expect(asked).toEqual([])
  })
})

test('without it, a name is not looked up before it is sent to', async () => {
  const { asked, resolver } = answerWith('10.0.0.1')
  const emitter = await open({ addresses: {}, resolver })
  await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
  expect(asked).toEqual([])
})

test('a proxy that is not there uses up no attempt, and what it told is for the operator', async () => {
  const gone = await receive()
  await gone.close()
  const proxy = { url: `http://user:planted@127.0.0.1:${gone.port}`, targetsResolvedByProxy: true } as const
  const emitter = await open({ proxy })
  const attempts = attemptsOf(emitter)
  await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
  const id = await deliver(emitter)
  await emitter.idle()
  expect(attempts).toMatchObject([
    {
      attempt: {
        outcome: { kind: 'own-fault', word: 'local.proxy' },
        isCounted: false,
        phases: { lookUpMs: null, tlsMs: null, firstByteMs: null },
      },
      next: { kind: 'again' },
    },
  ])
  expect(await emitter.deliveries.get(id)).toMatchObject({ state: 'pending' })
  expect(JSON.stringify([attempts, await emitter.deliveries.attempts(id)])).not.toContain('planted')
})

test('deliveries and pings go through the proxy, and explainTarget asks nobody', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request.url)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const names = answerWith('10.0.0.1')
  const proxy = { url: `http://127.0.0.1:${port}`, targetsResolvedByProxy: true } as const
  const emitter = await open({ proxy, resolver: names.resolver, addresses: {}, retry: { delaysMs: [0] } })
  const { id } = await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/hook' })
  const attempts = attemptsOf(emitter)
  await emitter.ping(id, { wait: true })
  await deliver(emitter)
  await emitter.idle()
  expect(asked).toEqual(['ci.example.com:443', 'ci.example.com:443'])
  expect(attempts.map(({ attempt }) => attempt.outcome.word)).toEqual(['target.blocked', 'target.blocked'])
  expect(await emitter.explainTarget('https://ci.example.com/')).toMatchObject({
    kind: 'allowed',
    addresses: [],
  })
  expect(await emitter.explainTarget('https://127.0.0.1/')).toMatchObject({ kind: 'refused' })
  expect(names.asked).toEqual([])
})

test('the options of connections reach the sender', async () => {
  const authority = await createAuthority()
  const receiver = await receive({ certificate: await authority.issue() })
  const emitter = await open({
    tls: { ca: authority.cert, minVersion: 'TLSv1.3' },
    localAddress: '127.0.0.5',
    resolver: 'dns',
  })
  const attempts = attemptsOf(emitter)
  await emitter.subscriptions.create({ subject, url: `https://localhost:${receiver.port}/` })
  await deliver(emitter)
  await emitter.idle()
  expect(attempts).toMatchObject([
    { attempt: { outcome: { word: 'http.2xx' }, certificateVerification: 'verified' } },
  ])
})

test('a receiver can tell who sent', async () => {
  const from: (string | undefined)[] = []
  const server = createServer((request, response) => {
    from.push(request.socket.remoteAddress)
    response.end()
  })
  await new Promise<void>((resolve) => void server.listen(0, '::ffff:127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const emitter = await open({ localAddress: '127.0.0.5' })
  await emitter.subscriptions.create({ subject, url: `http://127.0.0.1:${port}/` })
  await deliver(emitter)
  await emitter.idle()
  expect(from.map((address) => isFromAllowedAddress(address, ['127.0.0.5/32']))).toEqual([true])
  expect(from.map((address) => isFromAllowedAddress(address, ['127.0.0.1', '10.0.0.0/8']))).toEqual([false])
})
