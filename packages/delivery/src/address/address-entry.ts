import { describeUnlessText, InvalidInputError, parseMembers } from '@posthorn/core'
import { type Embedding, findReachedRanges } from './embedded-ipv4.ts'
import { describeHostBits, hasHostBits } from './host-bits.ts'
import { type HostPattern, hasEmptyLabel, isCovered, parseHostPattern } from './host-name.ts'
import { type IpAddress, type IpRange, isInRange, parseIpRange } from './ip-address.ts'

/**
 * What a list of addresses holds: a range (`10.20.0.0/16`) or an address (`10.20.0.5`, `fd00::5`), for one port only when
 * one is given (`10.20.0.5:8080`, `[fd00::5]:8080`), or addresses that count only for the names that a host covers.
 */
export type AddressEntry =
  | string
  | {
      /** A name (`ci.corp.example`), or all names below one (`*.corp.example`). */
      readonly host: string
      readonly addresses: readonly string[]
    }

/** An entry as it is compared. */
export interface ParsedEntry {
  readonly range: IpRange
  /** Null: every allowed port. */
  readonly port: number | null
  /** Null: whatever the URL calls it. */
  readonly host: HostPattern | null
  /** As it was written, for reasons. */
  readonly text: string
}

/** Where a connection would go. */
export interface TargetEnd {
  readonly address: IpAddress
  /** The normalised host of the URL, a name or an address. */
  readonly host: string
  readonly port: number
}

/** How the entries of a list are read. */
export interface EntryReading {
  /** Forms of IPv4 addresses that mean something in the operator's network only. */
  readonly siteEmbeddings: readonly Embedding[]
  /** Whether the list refuses, so that an entry which could mean more is taken for the more. */
  readonly isDenial: boolean
}

/**
 * Parses one element of a list. An entry that names an IPv4 address in one of its IPv6 forms counts for all of them.
 * @throws {InvalidInputError} `option.invalid`, `option.unknown`
 */
export function parseAddressEntry(
  entry: unknown,
  field: string,
  reading: EntryReading,
): readonly ParsedEntry[] {
  if (typeof entry === 'string') return parseAddressText(entry, null, field, reading)
  if (typeof entry !== 'object' || entry === null || !('host' in entry) || !('addresses' in entry)) {
    throw invalid(field, `Expected \`${field}\` to be a string or an object with \`host\` and \`addresses\`.`)
  }
  const { host: hostText, addresses } = parseMembers(field, entry, ['host', 'addresses'])
  const host = typeof hostText === 'string' ? parseHostPattern(hostText) : null
  if (host === null && typeof hostText === 'string' && hasEmptyLabel(hostText.replace(/^\*\./, ''))) {
    throw invalid(
      `${field}.host`,
      `Expected \`${field}.host\` to be a name without empty labels such as 'corp.example', or *.corp.example for all names below it.`,
    )
  }
  if (host === null) {
    throw invalid(
      `${field}.host`,
      `Expected \`${field}.host\` to be a name such as 'ci.corp.example' or '*.corp.example', got ${describeUnlessText(hostText)}.`,
    )
  }
  if (!Array.isArray(addresses) || addresses.length === 0) {
    throw invalid(
      `${field}.addresses`,
      `Expected \`${field}.addresses\` to be a list of one or more addresses.`,
    )
  }
  return addresses.flatMap((text, index) =>
    parseAddressText(text, host, `${field}.addresses[${index}]`, reading),
  )
}

/** Whether an entry speaks of a connection's end. */
export function isEntryFor(entry: ParsedEntry, { address, host, port }: TargetEnd): boolean {
  return (
    (entry.port === null || entry.port === port) &&
    (entry.host === null || isCovered(entry.host, host)) &&
    isInRange(address, entry.range)
  )
}

/** Whether an entry speaks of a name, whatever addresses it may have. */
export function isEntryForName(entry: ParsedEntry, { host, port }: Omit<TargetEnd, 'address'>): boolean {
  return (entry.port === null || entry.port === port) && entry.host !== null && isCovered(entry.host, host)
}

function parseAddressText(
  text: unknown,
  host: HostPattern | null,
  field: string,
  { siteEmbeddings, isDenial }: EntryReading,
): readonly ParsedEntry[] {
  const parts = typeof text === 'string' ? splitPort(text) : null
  const range = parts === null ? null : parseIpRange(parts.addressText)
  if (typeof text !== 'string' || parts === null || range === null)
    throw invalid(field, describeMistake(text, field))
  if (parts.port !== null && (parts.port < 1 || parts.port > 65_535)) {
    throw invalid(field, `Expected the port of \`${field}\` to be from 1 to 65535, got ${parts.port}.`)
  }
  if (hasHostBits(range)) throw invalid(field, describeHostBits(field, range))
  const reached = findReachedRanges(range, siteEmbeddings).filter(({ isExact }) => isExact || isDenial)
  return [range, ...reached.map((inner) => inner.range)].map((meant) => ({
    range: meant,
    port: parts.port,
    host,
    text,
  }))
}

/** Only brackets tell the port of an IPv6 address from its last group. */
function splitPort(text: string): { readonly addressText: string; readonly port: number | null } | null {
  const match =
    /^\[(?<address>[^\]]*)\](?::(?<port>\d{1,5}))?$/.exec(text) ??
    /^(?<address>[^:]+):(?<port>\d{1,5})$/.exec(text) ??
    /^(?<address>[^[\]]+)$/.exec(text)
  const { address, port } = match?.groups ?? {}
  return address === undefined
    ? null
    : { addressText: address, port: port === undefined ? null : Number(port) }
}

function describeMistake(text: unknown, field: string): string {
  const expected = `Expected \`${field}\` to be an address or a range such as '10.20.0.0/16', got ${describeUnlessText(text)}.`
  const isName = typeof text === 'string' && parseHostPattern(text.replace(/:\d{1,5}$/, '')) !== null
  return isName
    ? `${expected} A name alone excuses no address; write { host: 'ci.corp.example', addresses: ['10.20.0.0/16'] }.`
    : expected
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}
