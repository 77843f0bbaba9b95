import { InvalidInputError, parseBoolean, parseMembers } from '@posthorn/core'
import { type AddressEntry, type EntryReading, type ParsedEntry, parseAddressEntry } from './address-entry.ts'
import { defaultPorts, type PortEntry, toPortSet } from './allowed-ports.ts'
import type { Embedding } from './embedded-ipv4.ts'
import { parseNat64Prefix } from './nat64-prefix.ts'

/** Which targets may be reached. Judged in this order: scheme and port, `deny`, `allow`, `only`, then public unicast alone. */
export interface AddressOptions {
  /** Never reached, whatever the other lists say. @default [] */
  readonly deny?: readonly AddressEntry[]
  /** Reached although they are not public, or not in `only`. @default [] */
  readonly allow?: readonly AddressEntry[]
  /**
   * If given, nothing else is reached but this and `allow`. What is listed here is reached even if it is not public, so a
   * range must be no wider than meant. @default no such list
   */
  readonly only?: readonly AddressEntry[]
  /**
   * Ports, or ranges of them, in place of the default list.
   * @default 80, 443 and 1024 to 65535, less those of well-known services
   */
  readonly ports?: readonly PortEntry[]
  /** Whether only https URLs are reached. @default false */
  readonly httpsOnly?: boolean
  /**
   * Prefixes that a NAT64 of your network translates, of the length /32, /40, /48, /56, /64 or /96 (RFC 6052). An address under
   * one is judged as the IPv4 address that it reaches. `64:ff9b::/96` is always read so. @default []
   */
  readonly nat64Prefixes?: readonly string[]
  /**
   * Whether the name in a URL is looked up and judged when a subscription is created or its URL changes, and not only when it
   * is sent to. A look-up that fails lets it pass. @default false
   */
  readonly checkNamesOnCreate?: boolean
}

/** The same, parsed. */
export interface ResolvedAddressOptions {
  readonly deny: readonly ParsedEntry[]
  readonly allow: readonly ParsedEntry[]
  readonly only: readonly ParsedEntry[] | null
  readonly ports: ReadonlySet<number>
  readonly httpsOnly: boolean
  readonly nat64Embeddings: readonly Embedding[]
  readonly checkNamesOnCreate: boolean
}

const knownNames: readonly string[] = [
  'deny',
  'allow',
  'only',
  'ports',
  'httpsOnly',
  'nat64Prefixes',
  'checkNamesOnCreate',
]

/** @throws {InvalidInputError} `option.invalid`, `option.unknown` */
export function resolveAddressOptions(options: AddressOptions): ResolvedAddressOptions {
  parseMembers('addresses', options, knownNames)
  const ports = options.ports === undefined ? defaultPorts : parsePorts(options.ports)
  const nat64Embeddings = parseNat64Prefixes(options.nat64Prefixes ?? [])
  const reading = { siteEmbeddings: nat64Embeddings, isDenial: false }
  const parseAllowing = (entries: unknown, field: string): readonly ParsedEntry[] =>
    withReachablePorts(parseList(entries, field, reading), ports, field)
  return {
    deny: parseList(options.deny ?? [], 'addresses.deny', { ...reading, isDenial: true }),
    allow: parseAllowing(options.allow ?? [], 'addresses.allow'),
    only: options.only === undefined ? null : parseAllowing(options.only, 'addresses.only'),
    ports,
    httpsOnly: parseBoolean('addresses.httpsOnly', options.httpsOnly ?? false),
    nat64Embeddings,
    checkNamesOnCreate: parseBoolean('addresses.checkNamesOnCreate', options.checkNamesOnCreate ?? false),
  }
}

function parseNat64Prefixes(prefixes: unknown): readonly Embedding[] {
  if (!Array.isArray(prefixes)) {
    throw invalid('addresses.nat64Prefixes', 'Expected `addresses.nat64Prefixes` to be a list.')
  }
  return prefixes.map((prefix, index) => parseNat64Prefix(prefix, `addresses.nat64Prefixes[${index}]`))
}

function parseList(entries: unknown, field: string, reading: EntryReading): readonly ParsedEntry[] {
  if (!Array.isArray(entries)) throw invalid(field, `Expected \`${field}\` to be a list.`)
  return entries.flatMap((entry, index) => parseAddressEntry(entry, `${field}[${index}]`, reading))
}

/** Ports are judged before lists, so an entry for a port that is not allowed would never take effect. */
function withReachablePorts(
  entries: readonly ParsedEntry[],
  ports: ReadonlySet<number>,
  field: string,
): readonly ParsedEntry[] {
  const dead = entries.find(({ port }) => port !== null && !ports.has(port))
  if (dead !== undefined) {
    throw invalid(
      field,
      `Expected \`${field}\` to name allowed ports only, got ${JSON.stringify(dead.text)}. Add the port to \`addresses.ports\`.`,
    )
  }
  return entries
}

function parsePorts(entries: unknown): ReadonlySet<number> {
  if (!Array.isArray(entries)) throw invalid('addresses.ports', 'Expected `addresses.ports` to be a list.')
  return toPortSet(entries.map((entry, index) => parsePortEntry(entry, `addresses.ports[${index}]`)))
}

function parsePortEntry(entry: unknown, field: string): PortEntry {
  if (isPort(entry)) return entry
  if (Array.isArray(entry) && entry.length === 2) {
    const [first, last]: readonly unknown[] = entry
    if (isPort(first) && isPort(last) && first <= last) return [first, last]
  }
  throw invalid(
    field,
    `Expected \`${field}\` to be a port from 1 to 65535 or a pair of the first and the last.`,
  )
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}
