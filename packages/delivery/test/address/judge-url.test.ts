import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { localNames, refusedSpellings } from './url-vectors.ts'

const policy = createAddressPolicy()

describe('spellings of addresses that are refused', () => {
  test.for(refusedSpellings)('%j is judged as %s', ([input, hostname]) => {
    const url = new URL(input)
    expect(url.hostname).toBe(hostname)
    expect(policy.judgeUrl(url)).toMatchObject({ kind: 'refused', rule: 'default' })
  })
})

test('a short public address is judged as what it stands for', () => {
  expect(new URL('http://1.2.3/').hostname).toBe('1.2.0.3')
  expect(policy.judgeUrl(new URL('http://1.2.3/'))).toMatchObject({ kind: 'allowed' })
})

test.for(localNames)('%j names the local host and is refused without a look-up', (input) => {
  expect(policy.judgeUrl(new URL(input))).toMatchObject({ kind: 'refused', rule: 'default' })
})

test.for([
  ['http://good.com\\@127.0.0.1/', 'good.com'],
  ['http://good.com#@127.0.0.1/', 'good.com'],
  ['http://GOOD.com./', 'good.com'],
  ['http://lo\u017Ft.example/', 'lost.example'],
  ['http://intranet/', 'intranet'],
  ['http://127.0.0.1.nip.io/', '127.0.0.1.nip.io'],
  ['http://-x.com/', '-x.com'],
  ['http://exa_mple.com/', 'exa_mple.com'],
  [`http://${'a'.repeat(64)}.com/`, `${'a'.repeat(64)}.com`],
  [`http://${'a.'.repeat(127)}com/`, `${'a.'.repeat(127)}com`],
  ['http://127.0.0.1.good.com/', '127.0.0.1.good.com'],
  ['http://localhost.good.com/', 'localhost.good.com'],
  ['http://b\u00fccher.example/', 'xn--bcher-kva.example'],
  ['http://XN--BCHER-KVA.example/', 'xn--bcher-kva.example'],
  ['http://\u0440\u0430\u0443.example/', 'xn--80a5ak.example'],
  ['http://1u.ms/', '1u.ms'],
  ['http://good.com:80/@127.0.0.1/', 'good.com'],
  ['http://good.com/\\127.0.0.1', 'good.com'],
  ['http://good.com?@127.0.0.1/', 'good.com'],
  ['http://127.0.0.1:80@good.com/', 'good.com'],
  ['http://good.com.//', 'good.com'],
] as const)('%j is looked up as %s', ([input, host]) => {
  expect(policy.judgeUrl(new URL(input))).toEqual({ kind: 'needs-look-up', host })
})

test.for([
  'http://x..y/',
  'http://.good.com/',
  'http://good.com../',
  'http://good.com.../',
  'http://good.com%2e%2e/',
  'http://good.com\u3002\u3002/',
  'http://127.0.0.1../',
  'http://0x7f.1../',
  'http://2130706433../',
  'http://169.254.169.254%2e%2e/latest',
  'http://10.0.0.5...:8080/',
  'http://localhost../',
  'http://a.localhost../',
  'http://ip6-localhost../',
  'http://./',
  'http://../',
])('%j has a host that cannot be looked up', (input) => {
  const denying = createAddressPolicy({ deny: [{ host: 'good.com', addresses: ['0.0.0.0/0', '::/0'] }] })
  const loopback = createAddressPolicy({ allow: ['127.0.0.0/8', '::1'] })
  for (const by of [policy, denying, loopback]) {
    expect(by.judgeUrl(new URL(input))).toMatchObject({ kind: 'refused', rule: 'host' })
  }
})

test.for([
  'http://256.0.0.1/',
  'http://1.2.3.4.5/',
  'http://[127.0.0.1]/',
  'http://[fe80::1%25eth0]/',
  'http://[fe80::1%eth0]/',
  'http://[::1/',
  'http://[::ffff:256.0.0.1]/',
  'http://good.com:65536/',
  'http://good.com:80%20/',
  'http://good.com:-1/',
  'http://good.com:0x50/',
  'http://a\u0000b/',
  'http://a%00b/',
  'http://a b/',
  'http://',
  'http://@/',
  '//127.0.0.1/',
  '127.0.0.1',
])('%j is no URL', (input) => {
  expect(URL.canParse(input)).toBe(false)
})

test.for([
  'file:///etc/passwd',
  'ftp://receiver.example/',
  'gopher://receiver.example/',
  'data:text/plain,x',
  'blob:http://receiver.example/x',
  'javascript:alert(1)',
  'ws://receiver.example/',
  'unix:/var/run/docker.sock',
  'http+unix://%2Fvar%2Frun%2Fdocker.sock/',
])('%s is refused for its scheme', (input) => {
  expect(policy.judgeUrl(new URL(input))).toMatchObject({ kind: 'refused', rule: 'scheme' })
})

test('http is refused where only https is wanted', () => {
  const strict = createAddressPolicy({ httpsOnly: true, allow: ['127.0.0.1'] })
  expect(strict.judgeUrl(new URL('http://127.0.0.1/'))).toMatchObject({ kind: 'refused', rule: 'scheme' })
  expect(strict.judgeUrl(new URL('https://127.0.0.1/'))).toMatchObject({ kind: 'allowed' })
})

describe('ports', () => {
  // Fetch standard, section 2.9, "Port blocking", the whole table.
  const badPorts = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
  ]
  const servicePorts = [2375, 2376, 3306, 5432, 6379, 9200, 11211, 27017]

  test.for(badPorts.filter((port) => port > 0))('%i is bad for fetch, too', async (port) => {
    // A bad port is refused before anything is dialled.
    const fetched = fetch(`http://127.0.0.1:${port}/`)
    await expect(fetched).rejects.toMatchObject({ cause: { message: 'bad port' } })
  })

  test('below 1024 only those of http and https are allowed, above all but the bad ones and those of services', () => {
    const refusedPorts = new Set([...badPorts, ...servicePorts])
    const wrong = []
    for (let port = 0; port <= 65_535; port += 1) {
      const isAllowed = port === 80 || port === 443 || (port >= 1_024 && !refusedPorts.has(port))
      for (const host of ['good.com', '8.8.8.8']) {
        const verdict = policy.judgeUrl(new URL(`http://${host}:${port}/`))
        const isRefused = verdict.kind === 'refused' && verdict.rule === 'port'
        if (isRefused === isAllowed) wrong.push(port)
      }
    }
    expect(wrong).toEqual([])
  })
})

test.for([
  'http://8.8.8.8/',
  'https://8.8.8.8/',
  'http://8.8.8.8:443/',
  'http://8.8.8.8:1024/',
  'https://8.8.8.8:65535/',
  'http://8.8.8.8:8080/',
])('%s has an allowed port', (input) => {
  expect(policy.judgeUrl(new URL(input))).toMatchObject({ kind: 'allowed' })
})

test('`ports` replaces the whole list', () => {
  const narrow = createAddressPolicy({ ports: [22, [9_000, 9_002]] })
  const kinds = [22, 8_999, 9_000, 9_002, 9_003, 443].map(
    (port) => narrow.judgeUrl(new URL(`http://8.8.8.8:${port}/`)).kind,
  )
  expect(kinds).toEqual(['allowed', 'refused', 'allowed', 'allowed', 'refused', 'refused'])
})
