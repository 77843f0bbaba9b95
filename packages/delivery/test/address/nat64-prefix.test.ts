import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { findEmbeddedIpv4 } from '../../src/address/embedded-ipv4.ts'
import { parseIpAddress } from '../../src/address/ip-address.ts'
import { parseNat64Prefix } from '../../src/address/nat64-prefix.ts'
import { ipv4Text, toIpv4Groups } from './address-arbitraries.ts'

const hex = (number: number): string => number.toString(16)

// The table of RFC 6052, section 2.4, for 192.0.2.33.
test.for<[string, string]>([
  ['2001:db8::/32', '2001:db8:c000:221::'],
  ['2001:db8:100::/40', '2001:db8:1c0:2:21::'],
  ['2001:db8:122::/48', '2001:db8:122:c000:2:2100::'],
  ['2001:db8:122:300::/56', '2001:db8:122:3c0:0:221::'],
  ['2001:db8:122:344::/64', '2001:db8:122:344:c0:2:2100::'],
  ['2001:db8:122:344::/96', '2001:db8:122:344::192.0.2.33'],
])('under %s, %s carries 192.0.2.33', ([prefix, text]) => {
  const address = parseIpAddress(text)
  const found = address === null ? [] : findEmbeddedIpv4(address, [parseNat64Prefix(prefix, 'prefix')])
  expect(found.map((inner) => [inner.address.toString(), inner.isWhole])).toEqual([['192.0.2.33', true]])
})

/** A prefix of each length, in a range that is refused and in one that is public, and how addresses under it are written. */
const forms: readonly (readonly [prefix: string, toForm: (high: number, low: number) => string])[] = [
  ['fd64::/32', (high, low) => `fd64:0:${hex(high)}:${hex(low)}::`],
  [
    'fd64::/40',
    (high, low) => `fd64:0:${hex(high >> 8)}:${hex(((high & 255) << 8) | (low >> 8))}:${hex(low & 255)}::`,
  ],
  ['fd64::/48', (high, low) => `fd64:0:0:${hex(high)}:${hex(low >> 8)}:${hex((low & 255) << 8)}::`],
  ['fd64::/56', (high, low) => `fd64:0:0:${hex(high >> 8)}:${hex(high & 255)}:${hex(low)}::`],
  [
    'fd64::/64',
    (high, low) =>
      `fd64:0:0:0:${hex(high >> 8)}:${hex(((high & 255) << 8) | (low >> 8))}:${hex((low & 255) << 8)}:0`,
  ],
  ['fd64::/96', (high, low) => `fd64::${hex(high)}:${hex(low)}`],
  ['64:ff9b:1::/96', (high, low) => `64:ff9b:1::${hex(high)}:${hex(low)}`],
  ['2a00:64::/96', (high, low) => `2a00:64::${hex(high)}:${hex(low)}`],
]

describe.for(forms)('under %s', ([prefix, toForm]) => {
  const policy = createAddressPolicy({ nat64Prefixes: [prefix] })
  const judge = (address: string, by = policy) =>
    by.judgeAddress(address, { host: 'receiver.example', port: 443 }).kind
  const write = (address: string): string => toForm(...toIpv4Groups(address))

  test('an address has the verdict of what it reaches', () => {
    fc.assert(
      fc.property(ipv4Text, (address) => {
        expect(judge(write(address))).toBe(judge(address))
      }),
    )
    expect([judge(write('8.8.8.8')), judge(write('169.254.169.254'))]).toEqual(['allowed', 'refused'])
  })

  test('lists may name what it reaches', () => {
    const allowing = createAddressPolicy({ nat64Prefixes: [prefix], allow: ['10.0.0.0/8'] })
    const denying = createAddressPolicy({ nat64Prefixes: [prefix], deny: ['8.8.8.8'] })
    expect([judge(write('10.1.2.3'), allowing), judge(write('8.8.8.8'), denying)]).toEqual([
      'allowed',
      'refused',
    ])
  })
})

test('without the option, an address under such a prefix is judged by its own range', () => {
  const policy = createAddressPolicy()
  const kinds = ['fd64::808:808', '64:ff9b:1::808:808', '2a00:64::7f00:1'].map(
    (address) => policy.judgeAddress(address, { host: 'receiver.example', port: 443 }).kind,
  )
  expect(kinds).toEqual(['refused', 'refused', 'allowed'])
})

test.for(['64:ff9b::', '64:ff9b::/95', '64:ff9b::/128', '10.0.0.0/32', '', 'x', 7, null])(
  'the prefix %j is refused',
  (prefix) => {
    expect(() => createAddressPolicy({ nat64Prefixes: [prefix as never] })).toThrow(
      expect.objectContaining({ field: 'addresses.nat64Prefixes[0]' }),
    )
  },
)
