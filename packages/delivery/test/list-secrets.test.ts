import { describe, expect, test } from 'vitest'
import { listSecrets, listUrlSecrets } from '../src/list-secrets.ts'
import type { OpenedSecrets } from '../src/open-secrets.ts'
import { redact } from '../src/redact.ts'

const none: OpenedSecrets = {
  url: new URL('https://ci.example.com/'),
  legacy: null,
  standard: [],
  headers: [],
  authorization: null,
  client: null,
}

function hideUrl(url: string, answer: string): string {
  return redact(answer, listUrlSecrets(new URL(url, 'https://ci.example.com')))
}

function hideHeader(value: string, answer: string): string {
  return redact(answer, listSecrets(none, [['X-Api-Key', value]]))
}

test('of a URL the query, its values and the longer segments of the path are secret', () => {
  const secrets = listUrlSecrets(
    new URL('https://ci.example.com/hook/T%2F0KEN-IN-PATH?key=S3%20CRET&x=1&form=S3+CR3T'),
  )
  expect(secrets).toEqual(
    expect.arrayContaining([
      'T%2F0KEN-IN-PATH',
      'T/0KEN-IN-PATH',
      'key=S3%20CRET&x=1&form=S3+CR3T',
      'S3%20CRET',
      'S3 CRET',
      'S3 CR3T',
    ]),
  )
  expect(secrets).not.toContain('hook')
})

test('a URL with a broken escape has secrets all the same', () => {
  expect(listUrlSecrets(new URL('https://ci.example.com/?key=%E0%A4%A&b'))).toContain('%E0%A4%A')
})

test.for([
  ['/?PL4NTEDTOKEN=1', '{"PL4NTEDTOKEN":"1"}', '{"[redacted]":"1"}'],
  ['/?pl4n%74edtoken=1', 'no PL4NTEDTOKEN', 'no [redacted]'],
  ['/?PL4NTEDTOKEN', 'no pl4ntedtoken', 'no [redacted]'],
  ['/?x=1&PL4NTEDTOKEN=1', 'no PL4NTEDTOKEN', 'no [redacted]'],
  ['/?a=1;t=S3CRET', 't is S3CRET', 't is [redacted]'],
  ['/?a=b=S3CRETS', 'b=S3CRETS, b=, S3CRETS', '[redacted], b=, S3CRETS'],
  ['/bot12345:PL4NTEDTOKEN/send', 'token PL4NTEDTOKEN', 'token [redacted]'],
  ['/bot12345%3APL4NTEDTOKEN/send', 'token PL4NTEDTOKEN', 'token [redacted]'],
  ['/hooks;token=PL4NTEDTOKEN,main', 'token PL4NTEDTOKEN', 'token [redacted]'],
  ['/?auth=ci:PL4NTEDTOKEN', 'no PL4NTEDTOKEN', 'no [redacted]'],
] as const)('of the URL %s an answer does not show: %s', ([url, answer, shown]) => {
  expect(hideUrl(url, answer)).toBe(shown)
})

test.for([
  ['/x?debug=true&format=json&branch=main', '{"accepted":true,"format":"json","job":"main"}'],
  ['/x?true', '{"accepted":true}'],
  ['/x?branches=1', '{"branch":"main"}'],
  ['/x?version=1', '{"version":1}'],
  ['/hook/builds:queued', 'queued'],
  ['/x', 'got /x'],
] as const)('of the URL %s an innocent answer stays: %s', ([url, answer]) => {
  expect(hideUrl(url, answer)).toBe(answer)
})

describe('a header of the subscription', () => {
  const basic = Buffer.from('ci:pl4nted-pass').toString('base64')

  test.for<[string, string, string]>([
    ['Bearer abcdefghijklmnop', 'bad key abcdefghijklmnop', 'bad key [redacted]'],
    ['Token token=abcdefghijklmnop', 'bad key abcdefghijklmnop', 'bad key [redacted]'],
    ['ci,abcdefghijklmnop', 'bad key abcdefghijklmnop', 'bad key [redacted]'],
    [`Basic ${basic}`, 'bad password pl4nted-pass', 'bad password [redacted]'],
    [`basic ${basic}`, 'bad pair ci:pl4nted-pass', 'bad pair [redacted]'],
    [`Basic ${basic}`, `bad ${basic}`, 'bad [redacted]'],
    ['Bearer abc', 'a Bearer is abc', 'a Bearer is abc'],
  ])('%s: %s', ([value, answer, shown]) => {
    expect(hideHeader(value, answer)).toBe(shown)
  })

  test('has its first eight pieces hidden, however many it has', () => {
    const pieces = Array.from({ length: 1_000 }, (_, index) => `piece-${1_000 + index}`)
    const secrets = listSecrets(none, [['X-Api-Key', pieces.join(' ')]])
    expect(secrets).toHaveLength(9)
    expect(secrets).toEqual(expect.arrayContaining(pieces.slice(0, 8)))
  })
})

test('a secret of Standard Webhooks counts without its prefix too', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const secrets = listSecrets({ ...none, standard: [{ secret, key: new Uint8Array() }] }, [])
  expect(redact(`expected ${secret.slice(6)} or ${secret}`, secrets)).toBe(
    'expected [redacted] or [redacted]',
  )
})

test('the password of an authorization counts by itself', () => {
  const authorization = `Basic ${Buffer.from('ci:w0rd').toString('base64')}`
  expect(redact('no w0rd of ci', listSecrets({ ...none, authorization }, []))).toBe('no [redacted] of ci')
})

test.for([
  ['segments', Array.from({ length: 280 }, (_, index) => `a${10_000 + index}`).join('/')],
  ['nested segments', Array.from({ length: 57 }, (_, index) => 'a'.repeat(index + 6)).join('/')],
  ['members', `?${Array.from({ length: 100 }, (_, index) => `long-name-${index}=a:b${index}`).join('&')}`],
  ['pieces', `?a=${Array.from({ length: 200 }, (_, index) => `piece${100 + index}`).join(':')}`],
  ['escapes', '%61'.repeat(660)],
])(
  'however a tenant parts what he may set into %s, there are few secrets, and no more text',
  ([, path = '']) => {
    const words = Array.from({ length: 45 }, (_, index) => `${path.slice(1, 7)}${10 + index}`).join(' ')
    const headers = Array.from({ length: 20 }, (_, index) => [`X-${index}`, `${words}${index}`] as const)
    const url = new URL(path, 'https://ci.example.com')
    const secrets = new Set(listSecrets({ ...none, url }, headers))
    expect(secrets.size).toBeLessThan(600)
    expect([...secrets].join('').length).toBeLessThan(3 * (url.href.length + 20 * words.length))
  },
)
