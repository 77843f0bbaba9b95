import { findAddressRow, toAddressTable } from './address-table.ts'
import { type IpAddress, isInRange, parseIpRange } from './ip-address.ts'
import { ipv4Rows } from './ipv4-table.ts'
import { globalUnicastRange, ipv6Rows } from './ipv6-table.ts'
import { type AddressVerdict, allowed, refused } from './target-verdict.ts'

const ipv4Table = toAddressTable(ipv4Rows)
const ipv6Table = toAddressTable(ipv6Rows)
const globalUnicast = parseIpRange(globalUnicastRange)

/** Whether an address is public unicast by its own range, whatever it may carry inside. */
export function judgePublic(address: IpAddress): AddressVerdict {
  const text = address.toString()
  const row = findAddressRow(address.kind() === 'ipv4' ? ipv4Table : ipv6Table, address)
  if (row !== undefined) {
    return refused('default', `${text} is in ${row.range}: ${row.reason} (${row.source})`)
  }
  if (address.kind() === 'ipv6' && (globalUnicast === null || !isInRange(address, globalUnicast))) {
    return refused(
      'default',
      `${text} is outside ${globalUnicastRange}, the only global unicast space (RFC 4291)`,
    )
  }
  return allowed('default', `${text} is public unicast`)
}
