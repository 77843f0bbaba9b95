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
})
