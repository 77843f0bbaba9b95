import ipaddr from 'ipaddr.js'
import { type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from './ip-address.ts'

/**
 * For receivers: whether a request came from one of the addresses or ranges that its sender is known to use, such as
 * `['192.0.2.7', '2001:db8::/48']`. An IPv4 address is the same however a socket writes it, so `::ffff:192.0.2.7` is
 * `192.0.2.7`. Whatever cannot be read as an address or a range matches nothing; nothing is thrown.
 * @param remoteAddress as `socket.remoteAddress` has it; behind a proxy that is the proxy's
 */
export function isFromAllowedAddress(remoteAddress: string | undefined, allowed: readonly string[]): boolean {
  const address =
    typeof remoteAddress === 'string' ? parseIpAddress(remoteAddress.replace(/%.*$/s, '')) : null
  if (address === null || !Array.isArray(allowed)) return false
  const plain = unmapped({ network: address, prefixLength: address.kind() === 'ipv4' ? 32 : 128 }).network
  return allowed.some((text: unknown) => {
    const range = typeof text === 'string' ? parseIpRange(text) : null
    return range !== null && isInRange(plain, unmapped(range))
  })
}

/** The range in IPv4, if it holds IPv4-mapped addresses and no others. */
function unmapped(range: IpRange): IpRange {
  const { network, prefixLength } = range
  return isMapped(network) && prefixLength >= 96
    ? { network: network.toIPv4Address(), prefixLength: prefixLength - 96 }
    : range
}

function isMapped(address: IpAddress): address is ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
}
