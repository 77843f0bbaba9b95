import { describe, expect, test } from 'vitest'
import { ipv4Rows } from '../../src/address/ipv4-table.ts'
import { ipv6Rows } from '../../src/address/ipv6-table.ts'
import type { ResolveFunction } from '../../src/address/resolver.ts'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { toLast } from '../address/address-arbitraries.ts'
import { answerWith } from '../address/fixed-resolver.ts'
import { localNames, refusedSpellings } from '../address/url-vectors.ts'
import { countSockets, openSender, requestTo } from './sender-fixture.ts'

/** Sockets that are bound to loopback, so that even a broken policy would reach nobody. */
const network = resolveNetwork({ localAddress: ['127.0.0.1', '::1'] })

/** Addresses that are refused: the ends of every range, and every way to write 127.0.0.1 and 169.254.169.254 in IPv6. */
const addresses: readonly string[] = [
  ...[...ipv4Rows, ...ipv6Rows].flatMap(({ range }) => [range.split('/')[0] ?? '', toLast(range)]),
  ...['7f00:1', 'a9fe:a9fe'].flatMap((groups) => [
    `::ffff:${groups}`,
    `::${groups}`,
    `::ffff:0:${groups}`,
    `64:ff9b::${groups}`,
    `64:ff9b:1::${groups}`,
    `2002:${groups}::`,
    `2001:0:${groups}::`,
    `fe80::5efe:${groups}`,
    `2001:470::5efe:${groups}`,
    `2001:470::200:5efe:${groups}`,
  ]),
]

function toUrl(address: string, scheme = 'http'): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:8080/`
}

/** How an attempt at a URL ends, and how many sockets were opened for it. */
async function attempt(url: string, resolver: ResolveFunction = answerWith('127.0.0.1')) {
  const sockets = countSockets()
  const { outcome } = await openSender({ addresses: {}, network, resolver }).send(
    requestTo(url, { deadlineMs: 2_000 }),
  )
  return [outcome.word, sockets.count]
}

const refused = ['target.blocked', 0]

test.for(refusedSpellings.map(([url]) => url))('nothing is dialled for %j', async (url) => {
  expect(await attempt(url)).toEqual(refused)
})

test.for(localNames)('nothing is dialled for %j', async (url) => {
  expect(await attempt(url)).toEqual(refused)
})

describe('nothing is dialled', () => {
  test.for([...new Set(addresses)])('for %s, by itself or behind a name', async (address) => {
    expect(await attempt(toUrl(address))).toEqual(refused)
    expect(await attempt(toUrl(address, 'https'))).toEqual(refused)
    expect(await attempt('http://receiver.example/', answerWith(address))).toEqual(refused)
  })

  test.for([0, 1, 22, 25, 6000, 6379, 9200, 10080, 27017])('for port %i', async (port) => {
    expect(await attempt(`http://receiver.example:${port}/`)).toEqual(refused)
    expect(await attempt(`http://127.0.0.1:${port}/`)).toEqual(refused)
  })

  test.for(['file:///etc/passwd', 'ftp://127.0.0.1/', 'ws://127.0.0.1/', 'http+unix://%2Fx/', 'data:,x'])(
    'for %s',
    async (url) => {
      expect(await attempt(url)).toEqual(refused)
    },
  )

  test.for<[string, readonly string[]]>([
    ['one public and one private', ['8.8.8.8', '10.0.0.1']],
    ['one private and one public', ['10.0.0.1', '8.8.8.8']],
    ['a public IPv4 and a private IPv6', ['8.8.8.8', 'fd00::1']],
    ['a public IPv6 and a private IPv4', ['2001:4860:4860::8888', '192.168.0.1']],
    ['an IPv4-mapped private one', ['8.8.8.8', '::ffff:10.0.0.1']],
    ['an IPv4-mapped private one in hexadecimal', ['8.8.8.8', '::ffff:a00:1']],
    ['a zone', ['8.8.8.8', 'fe80::1%eth0']],
    ['a zone on a public address', ['2001:4860:4860::8888%eth0']],
    ['a short form', ['127.1']],
    ['an octal form', ['0177.0.0.1']],
    ['brackets', ['[::1]']],
    ['a name', ['8.8.8.8', 'localhost']],
    ['nothing', ['8.8.8.8', '']],
    [
      'the last of two hundred',
      [...Array.from({ length: 199 }, (_, index) => `8.8.8.${index}`), '127.0.0.1'],
    ],
  ])('for a name with %s among its answers', async ([, answers]) => {
    expect(await attempt('http://rebind.example/', answerWith(...answers))).toEqual(refused)
  })

  test.for([
    'http://127.0.0.1.nip.io/',
    'http://localtest.me/',
    'http://127.0.0.1../',
    'http://intranet/',
    'http://RECEIVER.example./',
    'http://b\u00fccher.example/',
    'http://good.com\\@127.0.0.1/',
    'http://good.com#@127.0.0.1/',
  ])('for %j, which is a name that leads to the local host', async (url) => {
    expect(await attempt(url)).toEqual(refused)
  })
})

test('a name without an answer, or with a failing one, is not dialled either', async () => {
  expect(await attempt('http://receiver.example/', answerWith())).toEqual(['dns.not-found', 0])
  const failing: ResolveFunction = () => Promise.reject(Object.assign(new Error('no'), { code: 'ESERVFAIL' }))
  expect(await attempt('http://receiver.example/', failing)).toEqual(['dns.failed', 0])
})
