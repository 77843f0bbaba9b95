import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A parsed address. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

/** A network and the length of its prefix. */
export interface IpRange {
  readonly network: IpAddress
  readonly prefixLength: number
}

/**
 * The address, or null if the text is none in the forms that sockets take. Octal, hexadecimal and short IPv4 are none,
 * and neither is an address with a zone.
 */
export function parseIpAddress(text: string): IpAddress | null {
  switch (isIP(text)) {
    case 4:
      return ipaddr.IPv4.parse(text)
    case 6: {
      // ipaddr.js reads `::127.0.0.1` as if it were `::ffff:127.0.0.1`; the URL parser writes both without dots.
      const canonical = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1)
      return canonical === undefined ? null : ipaddr.IPv6.parse(canonical)
    }
    default:
      return null
  }
}

/**
 * A range such as `10.0.0.0/8`, or a single address; null if the text is neither. Bits beyond the prefix are kept, and mean
 * nothing; see {@link toNetworkStart}.
 */
export function parseIpRange(text: string): IpRange | null {
  const [addressText = '', prefixText, ...rest] = text.split('/')
  const network = parseIpAddress(addressText)
  if (network === null || rest.length > 0) return null
  const longest = network.kind() === 'ipv4' ? 32 : 128
  if (prefixText === undefined) return { network, prefixLength: longest }
  const prefixLength = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN
  return prefixLength <= longest ? { network, prefixLength } : null
}

/** Whether a range holds an address; ranges of the other family hold none. */
export function isInRange(address: IpAddress, { network, prefixLength }: IpRange): boolean {
  return address.kind() === network.kind() && address.match([network, prefixLength])
}

/** The first address of a range. A range that is written with another one is wider than it looks. */
export function toNetworkStart({ network, prefixLength }: IpRange): IpAddress {
  const bytes = network.toByteArray().map((byte, index) => {
    const maskLength = Math.min(Math.max(prefixLength - 8 * index, 0), 8)
    return byte & (0xff00 >> maskLength) & 0xff
  })
  return ipaddr.fromByteArray(bytes)
}
