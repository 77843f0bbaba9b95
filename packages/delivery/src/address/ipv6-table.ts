import type { AddressRow } from './address-table.ts'

/**
 * The only IPv6 space IANA has given out as global unicast. It is the first rule for IPv6: what lies outside is refused
 * whether or not a row below names it, so that space assigned tomorrow is refused today.
 */
export const globalUnicastRange = '2000::/3'

/** Ranges inside 2000::/3 that are refused, and those outside that deserve a reason of their own. */
export const ipv6Rows: readonly AddressRow[] = [
  { range: '::/128', reason: 'unspecified; reaches the local host', source: 'RFC 4291' },
  { range: '::1/128', reason: 'loopback', source: 'RFC 4291' },
  { range: '::/96', reason: 'IPv4-compatible, deprecated', source: 'RFC 4291' },
  { range: '::ffff:0:0:0/96', reason: 'IPv4-translated', source: 'RFC 2765' },
  { range: '64:ff9b:1::/48', reason: 'local NAT64', source: 'RFC 8215' },
  { range: '100::/64', reason: 'discard only', source: 'RFC 6666' },
  { range: '100:0:0:1::/64', reason: 'dummy prefix', source: 'RFC 9780' },
  { range: '::/8', reason: 'reserved', source: 'RFC 4291' },
  { range: '2001::/32', reason: 'Teredo', source: 'RFC 4380' },
  { range: '2001:1::1/128', reason: 'port control anycast', source: 'RFC 7723' },
  { range: '2001:1::2/128', reason: 'relay anycast', source: 'RFC 8155' },
  { range: '2001:1::3/128', reason: 'service registration anycast', source: 'RFC 9665' },
  { range: '2001:2::/48', reason: 'benchmarking', source: 'RFC 5180' },
  { range: '2001:3::/32', reason: 'multicast tunnelling', source: 'RFC 7450' },
  { range: '2001:4:112::/48', reason: 'AS112 anycast', source: 'RFC 7535' },
  { range: '2001:10::/28', reason: 'ORCHID, deprecated', source: 'RFC 4843' },
  { range: '2001:20::/28', reason: 'ORCHIDv2', source: 'RFC 7343' },
  { range: '2001:30::/28', reason: 'drone remote identification', source: 'RFC 9374' },
  { range: '2001::/23', reason: 'protocol assignments', source: 'RFC 2928' },
  { range: '2001:db8::/32', reason: 'documentation', source: 'RFC 3849' },
  { range: '2620:4f:8000::/48', reason: 'AS112 anycast', source: 'RFC 7534' },
  { range: '3fff::/20', reason: 'documentation', source: 'RFC 9637' },
  { range: '5f00::/16', reason: 'segment routing', source: 'RFC 9602' },
  { range: 'fc00::/7', reason: 'unique local, with the metadata services of clouds', source: 'RFC 4193' },
  { range: 'fe80::/10', reason: 'link-local', source: 'RFC 4291' },
  { range: 'fec0::/10', reason: 'site-local, deprecated', source: 'RFC 3879' },
  { range: 'ff00::/8', reason: 'multicast', source: 'RFC 4291' },
]
