import { findEmbeddedIpv4, findReachedRanges } from './embedded-ipv4.ts'
import { type IpRange, toNetworkStart } from './ip-address.ts'

/** Whether a range is written with bits beyond its prefix, so that it is wider than it looks. */
export function hasHostBits(range: IpRange): boolean {
  return toNetworkStart(range).toString() !== range.network.toString()
}

/** What to tell whoever wrote such a range. */
export function describeHostBits(field: string, range: IpRange): string {
  const { network, prefixLength } = range
  const rule = `Expected \`${field}\` to be a range without bits beyond its prefix`
  const canonical = toCidr(range)
  // A prefix that ends before the IPv4 address begins was counted from the beginning of that address.
  const inner = findReachedRanges(range).length === 0 ? findEmbeddedIpv4(network) : []
  const whole = inner.find(({ isWhole }) => isWhole && prefixLength <= 32)
  return whole === undefined
    ? `${rule}; write ${canonical} if all of it is meant.`
    : `${rule}, which here means ${canonical}; write ${toCidr({ network: whole.address, prefixLength })} for the IPv4 range.`
}

function toCidr(range: IpRange): string {
  return `${toNetworkStart(range).toString()}/${range.prefixLength}`
}
