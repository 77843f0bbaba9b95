import { expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { explainTarget } from '../../src/address/explain-target.ts'
import type { Resolver } from '../../src/address/resolver.ts'
import { answerWith } from './fixed-resolver.ts'

const policy = createAddressPolicy()

function explain(url: string, resolver: Resolver) {
  return explainTarget(policy, resolver, new URL(url))
}

test('a name is looked up, and every address is told with its verdict', async () => {
  const resolver = answerWith('8.8.8.8', '10.0.0.1')
  expect(await explain('https://Receiver.example./hook', resolver)).toEqual({
    kind: 'refused',
    rule: 'default',
    reason: '10.0.0.1 is in 10.0.0.0/8: private use (RFC 1918)',
    host: 'receiver.example',
    port: 443,
    addresses: [
      { address: '8.8.8.8', kind: 'allowed', rule: 'default', reason: '8.8.8.8 is public unicast' },
      {
        address: '10.0.0.1',
        kind: 'refused',
        rule: 'default',
        reason: '10.0.0.1 is in 10.0.0.0/8: private use (RFC 1918)',
      },
    ],
  })
  expect(resolver.asked).toEqual(['receiver.example'])
})

test('a name is allowed if all its addresses are', async () => {
  expect(await explain('https://receiver.example/', answerWith('8.8.8.8', '1.1.1.1'))).toMatchObject({
    kind: 'allowed',
  })
})

test('what the URL alone decides is not looked up', async () => {
  const resolver = answerWith('8.8.8.8')
  expect(await explain('ftp://receiver.example/', resolver)).toMatchObject({ rule: 'scheme', addresses: [] })
  expect(await explain('http://receiver.example:22/', resolver)).toMatchObject({
    rule: 'port',
    addresses: [],
  })
  expect(await explain('http://[::ffff:127.0.0.1]/', resolver)).toMatchObject({
    kind: 'refused',
    addresses: [{ address: '::ffff:7f00:1', kind: 'refused' }],
  })
  expect(resolver.asked).toEqual([])
})

test('a look-up that fails is told as such', async () => {
  const failing: Resolver = () => Promise.reject(Object.assign(new Error('no'), { code: 'ESERVFAIL' }))
  expect(await explain('http://receiver.example/', failing)).toEqual({
    kind: 'unresolved',
    rule: null,
    reason: 'the look-up failed with ESERVFAIL',
    host: 'receiver.example',
    port: 80,
    addresses: [],
  })
})
