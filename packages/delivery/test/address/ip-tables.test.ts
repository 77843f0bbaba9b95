import { describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { ipv4Rows } from '../../src/address/ipv4-table.ts'
import { ipv6Rows } from '../../src/address/ipv6-table.ts'
import { toLast, toNeighbour } from './address-arbitraries.ts'

const policy = createAddressPolicy()

function kindOf(address: string): string {
  return policy.judgeAddress(address, { host: 'receiver.example', port: 443 }).kind
}

/** The range, and what the policy says of the addresses right before and right after it; null where there is none. */
type Vector = readonly [
  range: string,
  before: 'allowed' | 'refused' | null,
  after: 'allowed' | 'refused' | null,
]

const ipv4Vectors: readonly Vector[] = [
  ['0.0.0.0/8', null, 'allowed'],
  ['10.0.0.0/8', 'allowed', 'allowed'],
  ['100.64.0.0/10', 'allowed', 'allowed'],
  ['127.0.0.0/8', 'allowed', 'allowed'],
  ['168.63.129.16/32', 'allowed', 'allowed'],
  ['169.254.0.0/16', 'allowed', 'allowed'],
  ['172.16.0.0/12', 'allowed', 'allowed'],
  ['192.0.0.0/24', 'allowed', 'allowed'],
  ['192.0.2.0/24', 'allowed', 'allowed'],
  ['192.31.196.0/24', 'allowed', 'allowed'],
  ['192.52.193.0/24', 'allowed', 'allowed'],
  ['192.88.99.0/24', 'allowed', 'allowed'],
  ['192.168.0.0/16', 'allowed', 'allowed'],
  ['192.175.48.0/24', 'allowed', 'allowed'],
  ['198.18.0.0/15', 'allowed', 'allowed'],
  ['198.51.100.0/24', 'allowed', 'allowed'],
  ['203.0.113.0/24', 'allowed', 'allowed'],
  ['224.0.0.0/4', 'allowed', 'refused'],
  ['240.0.0.0/4', 'refused', null],
  ['255.255.255.255/32', 'refused', null],
]

const ipv6Vectors: readonly Vector[] = [
  ['::/128', null, 'refused'],
  ['::1/128', 'refused', 'refused'],
  ['::/96', null, 'refused'],
  ['::ffff:0:0:0/96', 'refused', 'refused'],
  ['64:ff9b:1::/48', 'refused', 'refused'],
  ['::/8', null, 'refused'],
  ['100::/64', 'refused', 'refused'],
  ['100:0:0:1::/64', 'refused', 'refused'],
  ['2001::/32', 'allowed', 'refused'],
  ['2001:1::1/128', 'refused', 'refused'],
  ['2001:1::2/128', 'refused', 'refused'],
  ['2001:1::3/128', 'refused', 'refused'],
  ['2001:2::/48', 'refused', 'refused'],
  ['2001:3::/32', 'refused', 'refused'],
  ['2001:4:112::/48', 'refused', 'refused'],
  ['2001:10::/28', 'refused', 'refused'],
  ['2001:20::/28', 'refused', 'refused'],
  ['2001:30::/28', 'refused', 'refused'],
  ['2001::/23', 'allowed', 'allowed'],
  ['2001:db8::/32', 'allowed', 'allowed'],
  ['2620:4f:8000::/48', 'allowed', 'allowed'],
  ['3fff::/20', 'allowed', 'allowed'],
  ['5f00::/16', 'refused', 'refused'],
  ['fc00::/7', 'refused', 'refused'],
  ['fe80::/10', 'refused', 'refused'],
  ['fec0::/10', 'refused', 'refused'],
  ['ff00::/8', 'refused', null],
]

test('every row of the tables has its vector', () => {
  const ranges = [...ipv4Vectors, ...ipv6Vectors].map(([range]) => range)
  expect(ranges.toSorted()).toEqual([...ipv4Rows, ...ipv6Rows].map(({ range }) => range).toSorted())
})

describe.for([...ipv4Vectors, ...ipv6Vectors])('%s', ([range, before, after]) => {
  const [first = ''] = range.split('/')
  const last = toLast(range)

  test('is refused from its first address to its last', () => {
    expect([first, last].map(kindOf)).toEqual(['refused', 'refused'])
  })

  test('ends where its neighbours begin', () => {
    expect(before === null ? null : kindOf(toNeighbour(first, -1n))).toBe(before)
    expect(after === null ? null : kindOf(toNeighbour(last, 1n))).toBe(after)
  })
})

test.for([
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.169.253',
  '100.100.100.200',
  '192.0.0.8',
  '192.0.0.9',
  '192.0.0.10',
  '192.0.0.170',
  '192.0.0.171',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd20:ce::254',
])('%s, where clouds keep their secrets, is refused', (address) => {
  expect(kindOf(address)).toBe('refused')
})

test.for([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.0',
  '2000::',
  '2001:4860:4860::8888',
  '2606:4700::1111',
])('%s is public', (address) => {
  expect(kindOf(address)).toBe('allowed')
})

test.for(['1fff:ffff::', '400::1', '1000::1', '4000::', 'e000::1', '8000::1'])(
  '%s, outside the global unicast space, is refused without a row of its own',
  (address) => {
    expect(kindOf(address)).toBe('refused')
  },
)

test.for([
  '',
  'receiver',
  '127.1',
  '0177.0.0.1',
  '0x7f.1',
  '2130706433',
  '8.8.8.8 ',
  'fe80::1%eth0',
  '2001:db8::1%lo',
  '[::1]',
])('%j is refused, since it is no address that a socket takes', (text) => {
  expect(policy.judgeAddress(text, { host: 'receiver.example', port: 443 })).toMatchObject({
    kind: 'refused',
    rule: 'host',
  })
})
