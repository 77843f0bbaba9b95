import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { ipv4Text, ipv6Groups, toIpv4Groups, toIpv6Text } from './address-arbitraries.ts'

const policy = createAddressPolicy()

function kindOf(address: string, by: ReturnType<typeof createAddressPolicy> = policy): string {
  return by.judgeAddress(address, { host: 'receiver.example', port: 443 }).kind
}

const hex = (group: number): string => group.toString(16)

/** Ways to write an IPv4 address that reach it and nothing else. */
const wholeForms: Readonly<Record<string, (address: string) => string>> = {
  mapped: (address) => `::ffff:${address}`,
  NAT64: (address) => `64:ff9b::${address}`,
  '6to4': (address) => `2002:${toIpv4Groups(address).map(hex).join(':')}::1`,
}

describe.for(Object.entries(wholeForms))('%s', ([, toForm]) => {
  test('has the verdict of the IPv4 address', () => {
    fc.assert(
      fc.property(ipv4Text, (address) => {
        expect(kindOf(toForm(address))).toBe(kindOf(address))
      }),
    )
  })

  test('is denied, allowed and listed with the IPv4 address', () => {
    const target = toForm('10.1.2.3')
    expect(kindOf(target, createAddressPolicy({ allow: ['10.0.0.0/8'] }))).toBe('allowed')
    expect(kindOf(target, createAddressPolicy({ only: ['10.0.0.0/8'] }))).toBe('allowed')
    expect(kindOf(toForm('8.8.8.8'), createAddressPolicy({ deny: ['8.8.8.0/24'] }))).toBe('refused')
    expect(kindOf(toForm('8.8.8.8'), createAddressPolicy({ only: ['1.1.1.1'] }))).toBe('refused')
  })
})

test.for<[string, string]>([
  ['a public address, IPv4-compatible', '::8.8.8.8'],
  ['a public address, IPv4-translated', '::ffff:0:8.8.8.8'],
  ['a public client of Teredo', '2001:0:808:808:8000:f227:f7f7:f7f7'],
  ['a public address under local NAT64', '64:ff9b:1::808:808'],
])('%s is refused all the same', ([, address]) => {
  expect(kindOf(address)).toBe('refused')
})

test('an ISATAP identifier is judged by its prefix and by the address it carries', () => {
  expect(kindOf('2001:470::5efe:8.8.8.8')).toBe('allowed')
  expect(kindOf('2001:470::200:5efe:8.8.8.8')).toBe('allowed')
  expect(kindOf('fe80::5efe:8.8.8.8')).toBe('refused')
  fc.assert(
    fc.property(ipv4Text, fc.constantFrom('0', '200'), (address, flag) => {
      expect(kindOf(`2001:470::${flag}:5efe:${address}`)).toBe(kindOf(address))
    }),
  )
})

test('an address that carries two is refused if either is', () => {
  expect(kindOf('2002:808:808::5efe:127.0.0.1')).toBe('refused')
  expect(kindOf('2002:7f00:1::5efe:8.8.8.8')).toBe('refused')
  expect(kindOf('2002:808:808::5efe:8.8.8.8')).toBe('allowed')
})

test('all of ::/8 is refused but mapped and NAT64 addresses', () => {
  const groups = ipv6Groups.map(([first = 0, ...rest]) => [first & 0xff, ...rest])
  fc.assert(
    fc.property(groups, (written) => {
      const text = toIpv6Text(written)
      fc.pre(!/^(0:0:0:0:0:ffff|64:ff9b:0:0:0:0):/.test(text))
      expect(kindOf(text)).toBe('refused')
    }),
  )
})

test('nothing outside 2000::/3 is allowed but mapped and NAT64 addresses', () => {
  fc.assert(
    fc.property(ipv6Groups, (groups) => {
      const [first = 0] = groups
      fc.pre(first >> 13 !== 1 && first !== 0 && first !== 0x64)
      expect(kindOf(toIpv6Text(groups))).toBe('refused')
    }),
  )
})

test('the verdict does not depend on how an address is written', () => {
  fc.assert(
    fc.property(ipv6Groups, (groups) => {
      const text = toIpv6Text(groups)
      const padded = groups.map((group) => hex(group).padStart(4, '0')).join(':')
      const [high = 0, low = 0] = groups.slice(6)
      const dotted = `${toIpv6Text(groups.slice(0, 6))}:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
      const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1)
      const forms = [text, text.toUpperCase(), padded, dotted, canonical]
      expect(new Set(forms.map((form) => kindOf(form))).size).toBe(1)
      expect(policy.judgeUrl(new URL(`http://[${text}]/`)).kind).toBe(kindOf(text))
    }),
  )
})
