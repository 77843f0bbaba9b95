import { expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { createDnsResolver } from '../../src/address/dns-resolver.ts'
import { TargetRefusedError } from '../../src/address/look-up-error.ts'
import { lookUpTarget } from '../../src/address/look-up-target.ts'
import { type NameServerAnswer, openNameServer } from './name-server.ts'

const { signal } = new AbortController()
const loopback = createAddressPolicy({ allow: ['127.0.0.0/8', '::1/128'] })

/** A resolver, with a time-out short enough for a test, before a server that says this of every name. */
async function openResolver(ipv4: NameServerAnswer, ipv6: NameServerAnswer) {
  const server = await openNameServer((type) => (type === 'A' ? ipv4 : ipv6))
  return { ...server, resolve: createDnsResolver({ servers: [server.server], timeoutMs: 100, tries: 1 }) }
}

test('a name is asked for in both families, as it is and in one form', async () => {
  const { resolve, asked } = await openResolver(['127.0.0.1', '127.0.0.2'], ['0:0:0:0:0:0:0:1'])
  expect(await resolve('intranet', signal)).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
    { address: '::1', family: 6 },
  ])
  expect(asked.toSorted()).toEqual(['A intranet', 'AAAA intranet'])
})

test.for<[string, NameServerAnswer, NameServerAnswer]>([
  ['IPv4 alone', ['127.0.0.1'], []],
  ['IPv4, while IPv6 fails', ['127.0.0.1'], 2],
  ['IPv4, while nobody speaks of IPv6', ['127.0.0.1'], 'silent'],
])('%s is enough', async ([, ipv4, ipv6]) => {
  const { resolve } = await openResolver(ipv4, ipv6)
  expect(await resolve('receiver.example', signal)).toEqual([{ address: '127.0.0.1', family: 4 }])
})

test('IPv6 alone is enough', async () => {
  const { resolve } = await openResolver([], ['0:0:0:0:0:0:0:1'])
  expect(await resolve('receiver.example', signal)).toEqual([{ address: '::1', family: 6 }])
})

test.for<[string, NameServerAnswer, NameServerAnswer, string]>([
  ['a name that is not there', 3, 3, 'ENOTFOUND'],
  ['a name without an address', [], [], 'ENODATA'],
  ['a server that fails', 2, 2, 'ESERVFAIL'],
  ['a server that fails for one family', [], 2, 'ESERVFAIL'],
  ['a server that refuses', 5, 5, 'EREFUSED'],
  ['a server that says nothing', 'silent', 'silent', 'ETIMEOUT'],
])('%s has a code', async ([, ipv4, ipv6, code]) => {
  const { resolve } = await openResolver(ipv4, ipv6)
  await expect(resolve('receiver.example', signal)).rejects.toMatchObject({ code })
})

test('one bad address in either family refuses the name', async () => {
  const { resolve } = await openResolver(['127.0.0.1'], ['fd00:0:0:0:0:0:0:1'])
  const target = { host: 'receiver.example', port: 443 }
  await expect(lookUpTarget(loopback, resolve, target, signal)).rejects.toBeInstanceOf(TargetRefusedError)
})

test('a look-up that nobody waits for any longer is cancelled', async () => {
  const { server } = await openNameServer(() => 'silent')
  const resolve = createDnsResolver({ servers: [server], timeoutMs: 60_000 })
  const stop = new AbortController()
  const answer = resolve('receiver.example', stop.signal)
  stop.abort()
  await expect(answer).rejects.toMatchObject({ code: 'ECANCELLED' })
  await expect(resolve('receiver.example', stop.signal)).rejects.toBe(stop.signal.reason)
})

test('the local host is known without asking', async () => {
  const { resolve, asked } = await openResolver(3, 3)
  for (const name of ['localhost', 'a.localhost', 'ip6-localhost']) {
    expect(await resolve(name, signal)).toEqual([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ])
  }
  expect(asked).toEqual([])
})

test.for<[unknown, string]>([
  [{ servers: ['ns.example'] }, 'servers'],
  [{ servers: 'ns.example' }, 'servers'],
  [{ timeoutMs: 0 }, 'timeoutMs'],
  [{ tries: 0 }, 'tries'],
  [{ servers: '192.0.2.53' }, 'servers'],
  [{ servers: [] }, 'servers'],
  [{ servers: [53] }, 'servers'],
  [{ server: ['192.0.2.53'] }, 'server'],
  [null, 'options'],
])('%j is refused', ([options, field]) => {
  expect(() => createDnsResolver(options as never)).toThrow(expect.objectContaining({ field }))
})
