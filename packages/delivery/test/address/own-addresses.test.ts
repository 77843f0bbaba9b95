import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { parseIpAddress } from '../../src/address/ip-address.ts'
import { createOwnAddresses } from '../../src/address/own-addresses.ts'

const ours = new Set(['8.8.4.4', '2001:4860:4860::8844', '2002:909:909::1', '64:ff9b::101:101'])
const isOwn = (address: { toString(): string }): boolean => ours.has(address.toString())

test.for<[string, string]>([
  ['8.8.4.4', 'refused'],
  ['8.8.8.8', 'allowed'],
  ['2001:4860:4860::8844', 'refused'],
  ['::ffff:8.8.4.4', 'refused'],
  ['64:ff9b::8.8.4.4', 'refused'],
  ['2002:808:404::7', 'refused'],
  // An interface may have such an address itself.
  ['2002:909:909::1', 'refused'],
  ['64:ff9b::1.1.1.1', 'refused'],
  ['2002:909:909::2', 'allowed'],
  ['9.9.9.9', 'allowed'],
])('where 8.8.4.4 is an address of this machine, %s is %s', ([address, kind]) => {
  const policy = createAddressPolicy({}, isOwn)
  expect(policy.judgeAddress(address, { host: 'receiver.example', port: 443 })).toMatchObject({ kind })
  expect(
    policy.judgeUrl(new URL(`http://${address.includes(':') ? `[${address}]` : address}/`)),
  ).toMatchObject({
    kind,
  })
})

test('an operator may allow it', () => {
  const target = { host: 'receiver.example', port: 443 }
  for (const options of [{ allow: ['8.8.4.4'] }, { only: ['8.8.4.4'] }]) {
    const verdict = createAddressPolicy(options, isOwn).judgeAddress('8.8.4.4', target)
    expect(verdict).toMatchObject({ kind: 'allowed' })
  }
})

test('the addresses of this machine are those of its interfaces', () => {
  const isOurs = createOwnAddresses()
  const own = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  expect(own.length).toBeGreaterThan(0)
  for (const { address } of own) {
    const parsed = parseIpAddress(address)
    expect(parsed !== null && isOurs(parsed), address).toBe(true)
  }
  const other = parseIpAddress('8.8.8.8')
  expect(other !== null && isOurs(other)).toBe(false)
})
