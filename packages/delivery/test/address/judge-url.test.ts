import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'

const policy = createAddressPolicy()

describe('spellings of addresses that are refused', () => {
  test.for<[string, string]>([
    ['http://127.1/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f000001/', '127.0.0.1'],
    ['http://017700000001/', '127.0.0.1'],
    ['http://127.0.0.1./', '127.0.0.1'],
    ['http://127.0.0.1%2e/', '127.0.0.1'],
    ['http://%31%32%37.0.0.1/', '127.0.0.1'],
    ['http://１２７.０.０.１/', '127.0.0.1'],
    ['http://①②⑦.⓪.⓪.①/', '127.0.0.1'],
    ['http://127。0。0。1/', '127.0.0.1'],
    ['http://0/', '0.0.0.0'],
    ['http://0x/', '0.0.0.0'],
    ['http://0.0.0.0/', '0.0.0.0'],
    ['http://2852039166/', '169.254.169.254'],
    ['http://127.255.255.254/', '127.255.255.254'],
    ['http://[::1]/', '[::1]'],
    ['http://[::]/', '[::]'],
    ['http://[0:0:0:0:0:0:0:1]/', '[::1]'],
    ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]'],
    ['http://[::127.0.0.1]/', '[::7f00:1]'],
    ['http://[64:ff9b::127.0.0.1]/', '[64:ff9b::7f00:1]'],
    ['http://[64:ff9b::a9fe:a9fe]/', '[64:ff9b::a9fe:a9fe]'],
    ['http://[64:ff9b:1::7f00:1]/', '[64:ff9b:1::7f00:1]'],
    ['http://[2002:7f00:1::]/', '[2002:7f00:1::]'],
    ['http://[2001:0:7f00:1::]/', '[2001:0:7f00:1::]'],
    ['http://[::ffff:0:127.0.0.1]/', '[::ffff:0:7f00:1]'],
    ['http://[fe80::5efe:127.0.0.1]/', '[fe80::5efe:7f00:1]'],
    ['http://[2001:470::5efe:127.0.0.1]/', '[2001:470::5efe:7f00:1]'],
    ['http:127.0.0.1', '127.0.0.1'],
    ['http:/127.0.0.1', '127.0.0.1'],
    ['http:////127.0.0.1', '127.0.0.1'],
    ['http:\\\\127.0.0.1', '127.0.0.1'],
    ['\thttp://127.0.0.1', '127.0.0.1'],
    ['http://127.0.\n0.1', '127.0.0.1'],
    ['http://good.com@127.0.0.1/', '127.0.0.1'],
    ['http://good.com:80@127.0.0.1/', '127.0.0.1'],
    ['http://127.1.1.1:80@@127.2.2.2/', '127.2.2.2'],
    ['http://127.1.1.1:80#@good.com/', '127.1.1.1'],
    ['http://127.0.0.1?@good.com', '127.0.0.1'],
    ['HTTP://127.0.0.1/', '127.0.0.1'],
  ])('%j is judged as %s', ([input, hostname]) => {
    const url = new URL(input)
    expect(url.hostname).toBe(hostname)
    expect(policy.judgeUrl(url)).toMatchObject({ kind: 'refused', rule: 'default' })
  })
})

test('a short public address is judged as what it stands for', () => {
  expect(new URL('http://1.2.3/').hostname).toBe('1.2.0.3')
  expect(policy.judgeUrl(new URL('http://1.2.3/'))).toMatchObject({ kind: 'allowed' })
})

test.for([
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://foo.localhost/',
  'http://ip6-localhost/',
  'http://localhost6/',
  'http://ⓛocalhost/',
  'http://loca\u00ADlhost/',
])('%j names the local host and is refused without a look-up', (input) => {
  expect(policy.judgeUrl(new URL(input))).toMatchObject({ kind: 'refused', rule: 'default' })
})

test.for([
  ['http://good.com\\@127.0.0.1/', 'good.com'],
  ['http://good.com#@127.0.0.1/', 'good.com'],
  ['http://GOOD.com./', 'good.com'],
  ['http://lo\u017Ft.example/', 'lost.example'],
  ['http://intranet/', 'intranet'],
  ['http://127.0.0.1.nip.io/', '127.0.0.1.nip.io'],
  ['http://x..y/', 'x..y'],
  ['http://-x.com/', '-x.com'],
  ['http://exa_mple.com/', 'exa_mple.com'],
  [`http://${'a'.repeat(64)}.com/`, `${'a'.repeat(64)}.com`],
] as const)('%j is looked up as %s', ([input, host]) => {
  expect(policy.judgeUrl(new URL(input))).toEqual({ kind: 'needs-look-up', host })
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

test.for([
  0, 1, 22, 25, 79, 81, 110, 993, 1023, 1719, 2049, 2375, 2376, 3306, 4190, 5060, 5432, 6000, 6379, 6667,
  9200, 10080, 11211, 27017,
])('port %i is refused', (port) => {
  for (const host of ['good.com', '8.8.8.8']) {
    expect(policy.judgeUrl(new URL(`http://${host}:${port}/`))).toMatchObject({
      kind: 'refused',
      rule: 'port',
    })
  }
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
