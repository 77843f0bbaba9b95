import { expect, test } from 'vitest'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { LookUpError, TargetRefusedError } from '../../src/address/look-up-error.ts'
import { lookUpTarget } from '../../src/address/look-up-target.ts'
import type { ResolveFunction } from '../../src/address/resolver.ts'
import { resolveBySystem } from '../../src/address/system-resolver.ts'
import { answerWith } from './fixed-resolver.ts'

const policy = createAddressPolicy()
const { signal } = new AbortController()

function lookUp(resolver: ResolveFunction, host = 'receiver.example') {
  return lookUpTarget(policy, resolver, { host, port: 443 }, signal)
}

test('a name leads to every address it has, in order', async () => {
  const addresses = await lookUp(answerWith('8.8.8.8', '2001:4860:4860::8888', '1.1.1.1'))
  expect(addresses).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '2001:4860:4860::8888', family: 6 },
    { address: '1.1.1.1', family: 4 },
  ])
})

test.for<[string[]]>([
  [['127.0.0.1']],
  [['8.8.8.8', '127.0.0.1']],
  [['::1', '8.8.8.8']],
  [['8.8.8.8', '::ffff:10.0.0.1']],
  [['8.8.8.8', 'fe80::1%eth0']],
  [['8.8.8.8', 'localhost']],
  [['8.8.8.8', '']],
  [[...Array.from({ length: 255 }, (_, index) => `8.8.8.${index}`), '169.254.169.254']],
])('one bad answer of %j refuses the name', async ([answers]) => {
  await expect(lookUp(answerWith(...answers))).rejects.toBeInstanceOf(TargetRefusedError)
})

test('the family is read off the address, whatever the resolver says', async () => {
  const lying: ResolveFunction = () => Promise.resolve([{ address: '8.8.8.8', family: 6 }])
  expect(await lookUp(lying)).toEqual([{ address: '8.8.8.8', family: 4 }])
})

test('a name without an address is not found', async () => {
  await expect(lookUp(answerWith())).rejects.toMatchObject({ resolverCode: 'ENOTFOUND' })
})

test.for(['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL', 'UND_ERR_SOCKET'])(
  'the code %s of a resolver is kept, apart from our own',
  async (code) => {
    const failing: ResolveFunction = () => Promise.reject(Object.assign(new Error('no'), { code }))
    await expect(lookUp(failing)).rejects.toMatchObject({ code: 'LOOK_UP_FAILED', resolverCode: code })
  },
)

test('what a broken resolver gives is a failed look-up', async () => {
  const broken: ResolveFunction[] = [
    () => Promise.reject(new Error('without a code')),
    () => {
      throw new TypeError('at once')
    },
    () => Promise.resolve(JSON.parse('null')),
    () => Promise.resolve(JSON.parse('{"address":"8.8.8.8"}')),
  ]
  for (const resolver of broken) await expect(lookUp(resolver)).rejects.toBeInstanceOf(LookUpError)
})

test('a literal address is judged without asking the resolver', async () => {
  const resolver = answerWith('8.8.8.8')
  expect(await lookUp(resolver, '1.1.1.1')).toEqual([{ address: '1.1.1.1', family: 4 }])
  await expect(lookUp(resolver, '127.0.0.1')).rejects.toBeInstanceOf(TargetRefusedError)
  expect(resolver.asked).toEqual([])
})

test('the system knows the local host', async () => {
  const addresses = await resolveBySystem('localhost', new AbortController().signal)
  expect(addresses.length).toBeGreaterThan(0)
  for (const { address } of addresses) expect(['127.0.0.1', '::1']).toContain(address)
})
