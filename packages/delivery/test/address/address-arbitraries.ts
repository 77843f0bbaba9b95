import fc from 'fast-check'

/** The text of any IPv4 address. */
export const ipv4Text: fc.Arbitrary<string> = fc.ipV4()

/** Eight groups of an IPv6 address. */
export const ipv6Groups: fc.Arbitrary<readonly number[]> = fc.array(fc.integer({ min: 0, max: 0xffff }), {
  minLength: 8,
  maxLength: 8,
})

/** IPv6 in full. */
export function toIpv6Text(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

/** The last two groups of an IPv6 address that carries an IPv4 address. */
export function toIpv4Groups(text: string): readonly [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [(a << 8) | b, (c << 8) | d]
}

/** The address that is a number of steps away, in either family, with all groups written out. */
export function toNeighbour(text: string, step: bigint): string {
  return text.includes(':')
    ? fromBigInt(toBigInt(text) + step)
    : fromIpv4Number(toIpv4Number(text) + Number(step))
}

/** The last address of a range. */
export function toLast(range: string): string {
  const [network = '', prefix = ''] = range.split('/')
  const size = 2n ** BigInt((network.includes(':') ? 128 : 32) - Number(prefix))
  return toNeighbour(network, size - 1n)
}

function toIpv4Number(text: string): number {
  return text.split('.').reduce((number, byte) => number * 256 + Number(byte), 0)
}

function fromIpv4Number(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

function toBigInt(text: string): bigint {
  const [left = '', right] = text.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n)
}

function fromBigInt(number: bigint): string {
  return Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  ).join(':')
}
