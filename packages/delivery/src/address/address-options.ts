import { InvalidInputError } from '@posthorn/core'
import { type AddressEntry, type ParsedEntry, parseAddressEntry } from './address-entry.ts'
import { defaultPorts, type PortEntry, toPortSet } from './allowed-ports.ts'

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
}

/** The same, parsed. */
export interface ResolvedAddressOptions {
  readonly deny: readonly ParsedEntry[]
  readonly allow: readonly ParsedEntry[]
  readonly only: readonly ParsedEntry[] | null
  readonly ports: ReadonlySet<number>
  readonly httpsOnly: boolean
}

const knownNames: ReadonlySet<string> = new Set(['deny', 'allow', 'only', 'ports', 'httpsOnly'])

/** @throws {InvalidInputError} `option.invalid`, `option.unknown` */
export function resolveAddressOptions(options: AddressOptions): ResolvedAddressOptions {
  const unknown = Object.keys(options).find((name) => !knownNames.has(name))
  if (unknown !== undefined) {
    throw new InvalidInputError({
      code: 'option.unknown',
      field: `addresses.${unknown}`,
      message: `Expected \`addresses\` to hold only ${[...knownNames].join(', ')}, got \`${unknown}\`.`,
    })
  }
  const ports = options.ports === undefined ? defaultPorts : parsePorts(options.ports)
  const { httpsOnly = false } = options
  if (typeof httpsOnly !== 'boolean') {
    throw invalid('addresses.httpsOnly', 'Expected `addresses.httpsOnly` to be true or false.')
  }
  return {
    deny: parseList(options.deny ?? [], 'addresses.deny'),
    allow: withReachablePorts(parseList(options.allow ?? [], 'addresses.allow'), ports, 'addresses.allow'),
    only:
      options.only === undefined
        ? null
        : withReachablePorts(parseList(options.only, 'addresses.only'), ports, 'addresses.only'),
    ports,
    httpsOnly,
  }
}

function parseList(entries: unknown, field: string): readonly ParsedEntry[] {
  if (!Array.isArray(entries)) throw invalid(field, `Expected \`${field}\` to be a list.`)
  return entries.flatMap((entry, index) => parseAddressEntry(entry, `${field}[${index}]`))
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
