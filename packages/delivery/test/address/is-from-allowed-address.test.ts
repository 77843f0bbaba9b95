import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFromAllowedAddress } from '../../src/address/is-from-allowed-address.ts'

test.for<[string | undefined, string[], boolean]>([
  ['192.0.2.7', ['192.0.2.7'], true],
  ['192.0.2.8', ['192.0.2.7'], false],
  ['192.0.2.255', ['198.51.100.1', '192.0.2.0/24'], true],
  ['192.0.3.0', ['192.0.2.0/24'], false],
  ['::ffff:192.0.2.7', ['192.0.2.7'], true],
  ['::FFFF:C000:207', ['192.0.2.0/24'], true],
  ['192.0.2.7', ['::ffff:192.0.2.7'], true],
  ['192.0.2.7', ['::ffff:192.0.2.0/120'], true],
  ['192.0.3.7', ['::ffff:192.0.2.0/120'], false],
  ['192.0.2.7', ['::/0'], false],
  ['192.0.2.7', ['::ffff:0:0/96'], true],
  ['2001:db8::7', ['2001:DB8::/32'], true],
  ['2001:db9::7', ['2001:db8::/32'], false],
  ['fe80::1%eth0', ['fe80::/10'], true],
  ['::1', ['127.0.0.1'], false],
  ['127.0.0.1', [], false],
  [undefined, ['0.0.0.0/0', '::/0'], false],
  ['', ['0.0.0.0/0', '::/0'], false],
  ['localhost', ['127.0.0.1'], false],
  ['127.1', ['127.0.0.1'], false],
  ['192.0.2.7:443', ['192.0.2.7'], false],
  ['192.0.2.7', ['192.0.2.7:443'], false],
  ['192.0.2.7', ['nonsense', '192.0.2.0/33', '', '192.0.2.7'], true],
])('%j among %j is %j', ([remoteAddress, allowed, isAllowed]) => {
  expect(isFromAllowedAddress(remoteAddress, allowed)).toBe(isAllowed)
})

test('nothing is thrown, whatever is given, and what is no address is never allowed', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (remoteAddress, allowed) => {
      expect(isFromAllowedAddress(remoteAddress as never, allowed as never)).toBe(false)
      expect(isFromAllowedAddress('192.0.2.7', [allowed as never, '192.0.2.7'])).toBe(true)
    }),
  )
})
