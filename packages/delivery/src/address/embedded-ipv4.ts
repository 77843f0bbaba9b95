import ipaddr from 'ipaddr.js'
import { type IpAddress, type IpRange, isInRange, parseIpRange } from './ip-address.ts'

/** An IPv4 address that packets to an IPv6 address end at, or pass through. */
export interface EmbeddedIpv4 {
  readonly address: ipaddr.IPv4
  /** Such as `NAT64 (RFC 6052)`. */
  readonly form: string
  /** Whether the IPv6 address means nothing but this IPv4 address, so that its own range says nothing. */
  readonly isWhole: boolean
}

/** A range of IPv6 addresses that carry an IPv4 address, and where in them it stands. */
export interface Embedding {
  readonly form: string
  readonly range: IpRange
  /** Which of the sixteen bytes are the four. */
  readonly positions: readonly number[]
  readonly isWhole: boolean
  /** What each of the four bytes is combined with by exclusive or. */
  readonly mask: number
}

const lastFour = [12, 13, 14, 15]

const embeddingRows: readonly (Omit<Embedding, 'range'> & { readonly range: string })[] = [
  { form: 'IPv4-mapped (RFC 4291)', range: '::ffff:0:0/96', positions: lastFour, isWhole: true, mask: 0 },
  { form: 'NAT64 (RFC 6052)', range: '64:ff9b::/96', positions: lastFour, isWhole: true, mask: 0 },
  { form: '6to4 (RFC 3056)', range: '2002::/16', positions: [2, 3, 4, 5], isWhole: true, mask: 0 },
  { form: 'IPv4-compatible (RFC 4291)', range: '::/96', positions: lastFour, isWhole: false, mask: 0 },
  {
    form: 'IPv4-translated (RFC 2765)',
    range: '::ffff:0:0:0/96',
    positions: lastFour,
    isWhole: false,
    mask: 0,
  },
  {
    form: 'server of Teredo (RFC 4380)',
    range: '2001::/32',
    positions: [4, 5, 6, 7],
    isWhole: false,
    mask: 0,
  },
  {
    form: 'client of Teredo (RFC 4380)',
    range: '2001::/32',
    positions: lastFour,
    isWhole: false,
    mask: 0xff,
  },
]

const embeddings: readonly Embedding[] = embeddingRows.map((row) => {
  const range = parseIpRange(row.range)
  if (range === null) throw new TypeError(`Expected a range in an address table, got ${row.range}.`)
  return { ...row, range }
})

/** `::` and `::1` are not IPv4-compatible addresses (RFC 4291, section 2.5.5.1), though they lie in the same range. */
const plainRange = parseIpRange('::/127')

/**
 * Every IPv4 address that an IPv6 address carries, in each form it can be read in.
 * @param siteEmbeddings forms that mean something in the operator's network only
 */
export function findEmbeddedIpv4(
  address: IpAddress,
  siteEmbeddings: readonly Embedding[] = [],
): readonly EmbeddedIpv4[] {
  if (address.kind() === 'ipv4' || (plainRange !== null && isInRange(address, plainRange))) return []
  const bytes = address.toByteArray()
  const found = [...embeddings, ...siteEmbeddings]
    .filter(({ range }) => isInRange(address, range))
    .map(({ positions, mask, form, isWhole }) => ({ address: toIpv4(bytes, positions, mask), form, isWhole }))
  return isIsatap(bytes)
    ? [...found, { address: toIpv4(bytes, lastFour, 0), form: 'ISATAP (RFC 5214)', isWhole: false }]
    : found
}

/** The IPv4 addresses that a range of IPv6 addresses stands for. */
export interface ReachedRange {
  readonly range: IpRange
  /** Whether the IPv6 range holds all that carry one of them, and so means nothing but them. */
  readonly isExact: boolean
}

/**
 * The IPv4 ranges that a range of IPv6 addresses stands for, if it lies within a form that means nothing but its IPv4 address.
 * None for the range of a whole form or a wider one: that speaks of the form.
 */
export function findReachedRanges(
  { network, prefixLength }: IpRange,
  siteEmbeddings: readonly Embedding[] = [],
): readonly ReachedRange[] {
  const bytes = network.toByteArray()
  return [...embeddings, ...siteEmbeddings]
    .filter(({ isWhole, range }) => isWhole && isInRange(network, range))
    .map(({ positions, mask }) => ({
      range: {
        network: toIpv4(bytes, positions, mask),
        prefixLength: sum(positions.map((position) => Math.min(Math.max(prefixLength - 8 * position, 0), 8))),
      },
      isExact: prefixLength <= 8 * (Math.max(...positions) + 1),
    }))
    .filter(({ range }) => range.prefixLength > 0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** The interface identifier `0000:5efe` or `0200:5efe`, under whatever prefix (RFC 5214, section 6.1). */
function isIsatap(bytes: readonly number[]): boolean {
  return (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
}

function toIpv4(bytes: readonly number[], positions: readonly number[], mask: number): ipaddr.IPv4 {
  return new ipaddr.IPv4(positions.map((position) => (bytes[position] ?? 0) ^ mask))
}
