import ipaddr from 'ipaddr.js'
import { type IpAddress, isInRange, parseIpRange } from './ip-address.ts'

/** An IPv4 address that packets to an IPv6 address end at, or pass through. */
export interface EmbeddedIpv4 {
  readonly address: ipaddr.IPv4
  /** Such as `NAT64 (RFC 6052)`. */
  readonly form: string
  /** Whether the IPv6 address means nothing but this IPv4 address, so that its own range says nothing. */
  readonly isWhole: boolean
}

interface EmbeddingRow {
  readonly form: string
  readonly range: string
  /** Where the four bytes begin. */
  readonly offset: number
  readonly isWhole: boolean
  /** What each of the four bytes is combined with by exclusive or. */
  readonly mask: number
}

const embeddingRows: readonly EmbeddingRow[] = [
  { form: 'IPv4-mapped (RFC 4291)', range: '::ffff:0:0/96', offset: 12, isWhole: true, mask: 0 },
  { form: 'NAT64 (RFC 6052)', range: '64:ff9b::/96', offset: 12, isWhole: true, mask: 0 },
  { form: '6to4 (RFC 3056)', range: '2002::/16', offset: 2, isWhole: true, mask: 0 },
  { form: 'IPv4-compatible (RFC 4291)', range: '::/96', offset: 12, isWhole: false, mask: 0 },
  { form: 'IPv4-translated (RFC 2765)', range: '::ffff:0:0:0/96', offset: 12, isWhole: false, mask: 0 },
  { form: 'server of Teredo (RFC 4380)', range: '2001::/32', offset: 4, isWhole: false, mask: 0 },
  { form: 'client of Teredo (RFC 4380)', range: '2001::/32', offset: 12, isWhole: false, mask: 0xff },
]

const embeddings = embeddingRows.map((row) => {
  const range = parseIpRange(row.range)
  if (range === null) throw new TypeError(`Expected a range in an address table, got ${row.range}.`)
  return { row, range }
})

/** `::` and `::1` are not IPv4-compatible addresses (RFC 4291, section 2.5.5.1), though they lie in the same range. */
const plainRange = parseIpRange('::/127')

/** Every IPv4 address that an IPv6 address carries, in each form it can be read in. */
export function findEmbeddedIpv4(address: IpAddress): readonly EmbeddedIpv4[] {
  if (address.kind() === 'ipv4' || (plainRange !== null && isInRange(address, plainRange))) return []
  const bytes = address.toByteArray()
  const found = embeddings
    .filter(({ range }) => isInRange(address, range))
    .map(({ row }) => ({
      address: toIpv4(bytes, row.offset, row.mask),
      form: row.form,
      isWhole: row.isWhole,
    }))
  return isIsatap(bytes)
    ? [...found, { address: toIpv4(bytes, 12, 0), form: 'ISATAP (RFC 5214)', isWhole: false }]
    : found
}

/** The interface identifier `0000:5efe` or `0200:5efe`, under whatever prefix (RFC 5214, section 6.1). */
function isIsatap(bytes: readonly number[]): boolean {
  return (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
}

function toIpv4(bytes: readonly number[], offset: number, mask: number): ipaddr.IPv4 {
  return new ipaddr.IPv4(bytes.slice(offset, offset + 4).map((byte) => byte ^ mask))
}
