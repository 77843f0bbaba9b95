import type { AddressRow } from './address-table.ts'

/**
 * IPv4 ranges that are not public unicast: the IANA special-purpose registry, multicast, and one address of a cloud.
 *
 * The registry calls 192.0.0.9, 192.0.0.10, 192.31.196.0/24, 192.52.193.0/24 and 192.175.48.0/24 globally reachable. They are
 * refused all the same: they are anycast services of networks, and no webhook receiver lives there.
 */
export const ipv4Rows: readonly AddressRow[] = [
  { range: '0.0.0.0/8', reason: 'this network; 0.0.0.0 reaches the local host', source: 'RFC 791' },
  { range: '10.0.0.0/8', reason: 'private use', source: 'RFC 1918' },
  { range: '100.64.0.0/10', reason: 'shared address space of carriers and clouds', source: 'RFC 6598' },
  { range: '127.0.0.0/8', reason: 'loopback', source: 'RFC 1122' },
  { range: '168.63.129.16/32', reason: 'wire server of Azure', source: 'Microsoft, Azure virtual networks' },
  { range: '169.254.0.0/16', reason: 'link-local, with the metadata services of clouds', source: 'RFC 3927' },
  { range: '172.16.0.0/12', reason: 'private use', source: 'RFC 1918' },
  { range: '192.0.0.0/24', reason: 'protocol assignments', source: 'RFC 6890' },
  { range: '192.0.2.0/24', reason: 'documentation', source: 'RFC 5737' },
  { range: '192.31.196.0/24', reason: 'AS112 anycast', source: 'RFC 7535' },
  { range: '192.52.193.0/24', reason: 'multicast tunnelling', source: 'RFC 7450' },
  { range: '192.88.99.0/24', reason: '6to4 relay, deprecated', source: 'RFC 7526' },
  { range: '192.168.0.0/16', reason: 'private use', source: 'RFC 1918' },
  { range: '192.175.48.0/24', reason: 'AS112 anycast', source: 'RFC 7534' },
  { range: '198.18.0.0/15', reason: 'benchmarking', source: 'RFC 2544' },
  { range: '198.51.100.0/24', reason: 'documentation', source: 'RFC 5737' },
  { range: '203.0.113.0/24', reason: 'documentation', source: 'RFC 5737' },
  { range: '224.0.0.0/4', reason: 'multicast', source: 'RFC 5771' },
  { range: '255.255.255.255/32', reason: 'limited broadcast', source: 'RFC 919' },
  { range: '240.0.0.0/4', reason: 'reserved', source: 'RFC 1112' },
]
