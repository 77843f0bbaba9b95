import { type IpAddress, type IpRange, isInRange, parseIpRange } from './ip-address.ts'

/** One range that is refused unless somebody allowed it, and why. */
export interface AddressRow {
  readonly range: string
  readonly reason: string
  readonly source: string
}

/** Rows with their ranges parsed. */
export type AddressTable = readonly { readonly row: AddressRow; readonly range: IpRange }[]

/** Parses the ranges of a table once. The first row that holds an address speaks for it, so narrow ranges stand before wide ones. */
export function toAddressTable(rows: readonly AddressRow[]): AddressTable {
  return rows.map((row) => {
    const range = parseIpRange(row.range)
    if (range === null) throw new TypeError(`Expected a range in an address table, got ${row.range}.`)
    return { row, range }
  })
}

/** The row that speaks for an address. */
export function findAddressRow(table: AddressTable, address: IpAddress): AddressRow | undefined {
  return table.find(({ range }) => isInRange(address, range))?.row
}
