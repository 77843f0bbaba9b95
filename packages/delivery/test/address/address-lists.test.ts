import { InvalidInputError } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import type { AddressOptions } from '../../src/address/address-options.ts'
import { createAddressPolicy } from '../../src/address/address-policy.ts'

function judge(options: AddressOptions, address: string, target: { host?: string; port?: number } = {}) {
  const { host = address, port = 443 } = target
  const { kind, rule } = createAddressPolicy(options).judgeAddress(address, { host, port })
  return `${kind} by ${rule}`
}

test('the first rule that speaks decides: port, deny, allow, only, default', () => {
  const everything = ['0.0.0.0/0', '::/0']
  expect(judge({ deny: everything, allow: everything }, '10.0.0.1', { port: 22 })).toBe('refused by port')
  expect(judge({ deny: everything, allow: everything, only: everything }, '10.0.0.1')).toBe('refused by deny')
  expect(judge({ allow: ['10.0.0.0/8'], only: [] }, '10.0.0.1')).toBe('allowed by allow')
  expect(judge({ only: ['10.0.0.0/8'] }, '10.0.0.1')).toBe('allowed by only')
  expect(judge({ only: ['10.0.0.0/8'] }, '8.8.8.8')).toBe('refused by only')
  expect(judge({}, '10.0.0.1')).toBe('refused by default')
  expect(judge({}, '8.8.8.8')).toBe('allowed by default')
})

describe('an entry', () => {
  test('for a range ends where the range ends', () => {
    const allow = ['10.20.0.0/16', 'fd00:1::/32']
    expect(judge({ allow }, '10.20.255.255')).toBe('allowed by allow')
    expect(judge({ allow }, '10.21.0.0')).toBe('refused by default')
    expect(judge({ allow }, 'fd00:1:ffff::')).toBe('allowed by allow')
    expect(judge({ allow }, 'fd00:2::')).toBe('refused by default')
  })

  test('with a port speaks for that port only', () => {
    const allow = ['127.0.0.1:8080', '[::1]:8080', '10.0.0.0/8:8080']
    for (const address of ['127.0.0.1', '::1', '10.1.2.3']) {
      expect(judge({ allow }, address, { port: 8080 })).toBe('allowed by allow')
      expect(judge({ allow }, address, { port: 8081 })).toBe('refused by default')
    }
  })

  test('without a port does not open a forbidden one', () => {
    expect(judge({ allow: ['127.0.0.1'] }, '127.0.0.1', { port: 6379 })).toBe('refused by port')
  })

  test('with a host counts for the names it covers, with those addresses', () => {
    const allow = [{ host: '*.Corp.example.', addresses: ['10.20.0.0/16'] }]
    expect(judge({ allow }, '10.20.0.1', { host: 'ci.corp.example' })).toBe('allowed by allow')
    expect(judge({ allow }, '10.20.0.1', { host: 'A.B.CORP.example.' })).toBe('allowed by allow')
    expect(judge({ allow }, '10.20.0.1', { host: 'corp.example' })).toBe('refused by default')
    expect(judge({ allow }, '10.20.0.1', { host: 'evilcorp.example' })).toBe('refused by default')
    expect(judge({ allow }, '10.20.0.1', { host: 'corp.example.evil.com' })).toBe('refused by default')
    expect(judge({ allow }, '10.20.0.1')).toBe('refused by default')
    expect(judge({ allow }, '10.21.0.1', { host: 'ci.corp.example' })).toBe('refused by default')
  })

  test('for a host in another script is compared as URLs write it', () => {
    const allow = [{ host: 'bücher.example', addresses: ['10.0.0.1'] }]
    expect(judge({ allow }, '10.0.0.1', { host: new URL('http://BÜCHER.example').hostname })).toBe(
      'allowed by allow',
    )
  })
})

/** The same address in every form that means nothing else, and one range of addresses. */
const embedded: readonly (readonly [form: string, one: string, range: string])[] = [
  ['IPv4', '10.1.2.3', '10.0.0.0/8'],
  ['mapped', '::ffff:10.1.2.3', '::ffff:10.0.0.0/104'],
  ['NAT64', '64:ff9b::10.1.2.3', '64:ff9b::10.0.0.0/104'],
  ['6to4', '2002:a01:203::', '2002:a00::/24'],
  ['NAT64 of the site', '2001:db8:64::a01:203', '2001:db8:64::a00:0/104'],
]

describe.for(embedded)('an entry in the form %s', ([, one, range]) => {
  const nat64Prefixes = ['2001:db8:64::/96']

  test('denies the IPv4 address that it stands for, in every form', () => {
    for (const [, target] of embedded) {
      for (const entry of [one, range]) {
        const options = { nat64Prefixes, allow: ['10.0.0.0/8'], deny: [entry] }
        expect(judge(options, target), `${entry}, ${target}`).toBe('refused by deny')
        expect(judge({ ...options, deny: [`[${entry}]:8080`] }, target, { port: 8080 })).toBe(
          'refused by deny',
        )
      }
    }
  })

  test('allows and lists the IPv4 addresses that it stands for, in every form, and no others', () => {
    for (const [, target] of embedded) {
      expect(judge({ nat64Prefixes, allow: [range] }, target)).toBe('allowed by allow')
      expect(judge({ nat64Prefixes, only: [range] }, target)).toBe('allowed by only')
    }
    expect(judge({ nat64Prefixes, allow: [range] }, '11.0.0.0')).toBe('allowed by default')
    expect(judge({ nat64Prefixes, allow: [range] }, '9.255.255.255')).toBe('allowed by default')
    expect(judge({ nat64Prefixes, only: [range] }, '11.0.0.0')).toBe('refused by only')
  })
})

test('one address of a 6to4 network is allowed alone, and denied with the whole of it', () => {
  const entry = '2002:a01:203::5'
  expect(judge({ allow: [entry] }, entry)).toBe('allowed by allow')
  expect(judge({ allow: [entry] }, '2002:a01:203::6')).toBe('refused by default')
  expect(judge({ allow: [entry] }, '10.1.2.3')).toBe('refused by default')
  expect(judge({ allow: ['10.0.0.0/8'], deny: [entry] }, '10.1.2.3')).toBe('refused by deny')
})

test.for([
  ['::ffff:0:0/96', '::ffff:8.8.8.8'],
  ['64:ff9b::/96', '64:ff9b::8.8.8.8'],
  ['2002::/16', '2002:808:808::'],
] as const)('the range of a whole form, %s, speaks of addresses in that form', ([range, target]) => {
  expect(judge({ deny: [range] }, target)).toBe('refused by deny')
  expect(judge({ deny: [range] }, '8.8.8.8')).toBe('allowed by default')
})

test('a name of the local host is looked up where a loopback address is allowed', () => {
  const policy = createAddressPolicy({ allow: ['127.0.0.0/8'] })
  expect(policy.judgeUrl(new URL('http://localhost:8080/'))).toEqual({
    kind: 'needs-look-up',
    host: 'localhost',
  })
})

describe('options that are refused', () => {
  test.for<[unknown, string]>([
    [{ allow: ['ci.corp.example'] }, 'addresses.allow[0]'],
    [{ allow: ['ci.corp.example:8080'] }, 'addresses.allow[0]'],
    [{ allow: ['localhost'] }, 'addresses.allow[0]'],
    [{ deny: ['ci.corp.example'] }, 'addresses.deny[0]'],
    [{ allow: ['10.0.0.1', '10.0.0.0/33'] }, 'addresses.allow[1]'],
    [{ allow: ['10.0.0.0/8/8'] }, 'addresses.allow[0]'],
    [{ allow: ['10.0.0.0/'] }, 'addresses.allow[0]'],
    [{ allow: ['10.20.5.7/16'] }, 'addresses.allow[0]'],
    [{ deny: ['10.20.5.7/16'] }, 'addresses.deny[0]'],
    [{ only: ['10.20.5.7/31:8080'] }, 'addresses.only[0]'],
    [{ allow: ['0.0.0.1/0'] }, 'addresses.allow[0]'],
    [{ allow: ['fd00::1/127'] }, 'addresses.allow[0]'],
    [{ allow: ['::ffff:10.0.0.0/8'] }, 'addresses.allow[0]'],
    [{ allow: [{ host: 'ci.example', addresses: ['10.0.0.1/8'] }] }, 'addresses.allow[0].addresses[0]'],
    [{ nat64Prefixes: ['2001:db8:64::1/96'] }, 'addresses.nat64Prefixes[0]'],
    [{ allow: ['0x7f.1'] }, 'addresses.allow[0]'],
    [{ allow: ['127.1'] }, 'addresses.allow[0]'],
    [{ allow: ['fe80::1%eth0'] }, 'addresses.allow[0]'],
    [{ allow: ['10.0.0.1:0'] }, 'addresses.allow[0]'],
    [{ allow: ['10.0.0.1:65536'] }, 'addresses.allow[0]'],
    [{ allow: ['10.0.0.1:22'] }, 'addresses.allow'],
    [{ allow: [''] }, 'addresses.allow[0]'],
    [{ allow: [7] }, 'addresses.allow[0]'],
    [{ allow: '10.0.0.1' }, 'addresses.allow'],
    [{ allow: [{ host: '*', addresses: ['10.0.0.1'] }] }, 'addresses.allow[0].host'],
    [{ allow: [{ host: '10.0.0.1', addresses: ['10.0.0.1'] }] }, 'addresses.allow[0].host'],
    [{ allow: [{ host: 'ci.*.example', addresses: ['10.0.0.1'] }] }, 'addresses.allow[0].host'],
    [{ allow: [{ host: 'ci.example/x', addresses: ['10.0.0.1'] }] }, 'addresses.allow[0].host'],
    [{ deny: [{ host: '.evil.example', addresses: ['0.0.0.0/0'] }] }, 'addresses.deny[0].host'],
    [{ deny: [{ host: 'evil..example', addresses: ['0.0.0.0/0'] }] }, 'addresses.deny[0].host'],
    [{ deny: [{ host: 'evil.example..', addresses: ['0.0.0.0/0'] }] }, 'addresses.deny[0].host'],
    [{ deny: [{ host: '*..evil.example', addresses: ['0.0.0.0/0'] }] }, 'addresses.deny[0].host'],
    [{ deny: [{ host: 'evil\u3002\u3002example', addresses: ['0.0.0.0/0'] }] }, 'addresses.deny[0].host'],
    [{ allow: [{ host: 'ci.example', addresses: [] }] }, 'addresses.allow[0].addresses'],
    [{ allow: [{ host: 'ci.example', addresses: ['ci.example'] }] }, 'addresses.allow[0].addresses[0]'],
    [{ ports: [0] }, 'addresses.ports[0]'],
    [{ ports: [80, [90, 80]] }, 'addresses.ports[1]'],
    [{ ports: ['80'] }, 'addresses.ports[0]'],
    [{ httpsOnly: 'yes' }, 'addresses.httpsOnly'],
    [{ allows: [] }, 'addresses.allows'],
  ])('%j', ([options, field]) => {
    const given: AddressOptions = JSON.parse(JSON.stringify(options))
    expect(() => createAddressPolicy(given)).toThrow(
      expect.toSatisfy((error) => error instanceof InvalidInputError && error.field === field),
    )
  })

  test('a bare name is answered with the form that works', () => {
    expect(() => createAddressPolicy({ allow: ['ci.corp.example'] })).toThrow(
      "{ host: 'ci.corp.example', addresses: ['10.20.0.0/16'] }",
    )
  })

  test.for([
    ['10.20.5.7/16', '10.20.0.0/16'],
    ['2001:db8:1:2::3/48', '2001:db8:1::/48'],
    ['[fd00::5/64]:8080', 'fd00::/64'],
    ['::ffff:10.0.0.0/8', '10.0.0.0/8'],
    ['64:ff9b::10.20.5.7/16', '10.20.0.0/16'],
  ] as const)('a range that is wider than it looks, %s, is answered with %s', ([entry, canonical]) => {
    expect(() => createAddressPolicy({ allow: [entry] })).toThrow(`write ${canonical} `)
  })

  test('a pattern that covers nothing is answered with one that does', () => {
    const deny = [{ host: '.evil.example', addresses: ['0.0.0.0/0'] }]
    expect(() => createAddressPolicy({ deny })).toThrow('*.corp.example for all names below it')
  })
})
