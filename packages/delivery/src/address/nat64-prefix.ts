import { InvalidInputError } from '@posthorn/core'
import type { Embedding } from './embedded-ipv4.ts'
import { describeHostBits, hasHostBits } from './host-bits.ts'
import { parseIpRange } from './ip-address.ts'

/** Where the IPv4 address stands under a prefix of each length; byte 8 is never part of it. Source: RFC 6052, section 2.2. */
const positionsByLength: ReadonlyMap<number, readonly number[]> = new Map([
  [32, [4, 5, 6, 7]],
  [40, [5, 6, 7, 9]],
  [48, [6, 7, 9, 10]],
  [56, [7, 9, 10, 11]],
  [64, [9, 10, 11, 12]],
  [96, [12, 13, 14, 15]],
])

/**
 * Reads a prefix that a NAT64 of the operator's network translates, such as `2001:db8:64::/96`.
 * @throws {InvalidInputError} `option.invalid`
 */
export function parseNat64Prefix(text: unknown, field: string): Embedding {
  const range = typeof text === 'string' ? parseIpRange(text) : null
  const positions = range?.network.kind() === 'ipv6' ? positionsByLength.get(range.prefixLength) : undefined
  if (range === null || positions === undefined) {
    const lengths = [...positionsByLength.keys()].map((length) => `/${length}`).join(', ')
    throw new InvalidInputError({
      code: 'option.invalid',
      field,
      message: `Expected \`${field}\` to be an IPv6 prefix of the length ${lengths}, got ${JSON.stringify(text)}.`,
    })
  }
  if (hasHostBits(range)) {
    throw new InvalidInputError({
      code: 'option.invalid',
      field,
      message: describeHostBits(field, range),
    })
  }
  return { form: `NAT64 under ${String(text)} (RFC 6052)`, range, positions, isWhole: true, mask: 0 }
}
