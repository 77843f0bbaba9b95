import { isEntryFor, type ParsedEntry } from './address-entry.ts'
import { type AddressOptions, type ResolvedAddressOptions, resolveAddressOptions } from './address-options.ts'
import { type EmbeddedIpv4, findEmbeddedIpv4 } from './embedded-ipv4.ts'
import { isLoopbackName, normalizeName, toUrlHost, toUrlPort } from './host-name.ts'
import { type IpAddress, parseIpAddress } from './ip-address.ts'
import { judgePublic } from './judge-public.ts'
import { type AddressVerdict, allowed, refused, type TargetVerdict } from './target-verdict.ts'

/** The host and port of a URL. */
export interface TargetName {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

/**
 * Says which targets may be reached. Pure: the same question has the same answer for as long as the policy lives.
 *
 * A URL is judged before each request, since a socket asks no look-up for a literal address; every address behind a name is
 * judged inside the look-up of the socket, so that what is dialled is what was judged. An IPv6 address that carries an IPv4
 * address is judged by what it reaches.
 */
export interface AddressPolicy {
  /** Judges scheme, port and, unless it is a name, the host. */
  judgeUrl(url: URL): TargetVerdict
  /** Judges one address that the host of a URL stands for. */
  judgeAddress(address: string, target: TargetName): AddressVerdict
}

/** @throws {InvalidInputError} `option.invalid`, `option.unknown` */
export function createAddressPolicy(options: AddressOptions = {}): AddressPolicy {
  const rules = resolveAddressOptions(options)
  const policy: AddressPolicy = {
    judgeUrl(url) {
      const refusal = judgeScheme(url, rules) ?? judgePort(toUrlPort(url), rules)
      if (refusal !== null) return refusal
      const host = toUrlHost(url)
      const target = { host: host.text, port: toUrlPort(url) }
      if (host.kind === 'address') return policy.judgeAddress(host.text, target)
      if (host.text === '') return refused('host', 'the URL names no host')
      return judgeLoopbackName(policy, target) ?? { kind: 'needs-look-up', host: host.text }
    },
    judgeAddress(text, { host, port }) {
      const address = parseIpAddress(text)
      if (address === null) return refused('host', `${JSON.stringify(text.slice(0, 60))} is not an address`)
      const refusal = judgePort(port, rules)
      return refusal ?? judgeIpAddress(address, { host: normalizeName(host), port }, rules)
    },
  }
  return policy
}

function judgeScheme({ protocol }: URL, { httpsOnly }: ResolvedAddressOptions): AddressVerdict | null {
  if (protocol === 'https:' || (protocol === 'http:' && !httpsOnly)) return null
  return refused('scheme', `${protocol} is not ${httpsOnly ? 'https:' : 'http: or https:'}`)
}

function judgePort(port: number, { ports }: ResolvedAddressOptions): AddressVerdict | null {
  return ports.has(port) ? null : refused('port', `port ${port} is not among the allowed ports`)
}

/** A name of the local host needs no look-up to be refused where neither loopback address may be reached. */
function judgeLoopbackName(policy: AddressPolicy, target: TargetName): AddressVerdict | null {
  if (!isLoopbackName(target.host)) return null
  const verdicts = ['127.0.0.1', '::1'].map((address) => policy.judgeAddress(address, target))
  return verdicts.every(({ kind }) => kind === 'refused')
    ? refused('default', `${target.host} is a name of the local host (RFC 6761)`)
    : null
}

function judgeIpAddress(
  address: IpAddress,
  target: TargetName,
  rules: ResolvedAddressOptions,
): AddressVerdict {
  const embedded = findEmbeddedIpv4(address)
  const whole = embedded.filter(({ isWhole }) => isWhole)
  const partial = embedded.filter(({ isWhole }) => !isWhole)
  const verdicts = [
    ...(whole.length === 0 ? [judgeByLists([address], address, target, rules)] : []),
    ...whole.map((inner) =>
      withForm(inner, judgeByLists([address, inner.address], inner.address, target, rules)),
    ),
    ...partial.map((inner) => withForm(inner, judgeByLists([inner.address], inner.address, target, rules))),
  ]
  return verdicts.reduce((worst, next) => (worst.kind === 'refused' ? worst : next))
}

/** @param forms the ways to write `reached` that lists may name it by */
function judgeByLists(
  forms: readonly IpAddress[],
  reached: IpAddress,
  target: TargetName,
  { deny, allow, only }: ResolvedAddressOptions,
): AddressVerdict {
  const text = reached.toString()
  const denied = findEntry(deny, forms, target)
  if (denied !== undefined) return refused('deny', `${text} is denied by ${denied.text}`)
  const allowing = findEntry(allow, forms, target)
  if (allowing !== undefined) return allowed('allow', `${text} is allowed by ${allowing.text}`)
  if (only === null) return judgePublic(reached)
  const listed = findEntry(only, forms, target)
  return listed === undefined
    ? refused('only', `${text} is not in the exclusive list`)
    : allowed('only', `${text} is in the exclusive list by ${listed.text}`)
}

function findEntry(
  entries: readonly ParsedEntry[],
  forms: readonly IpAddress[],
  target: TargetName,
): ParsedEntry | undefined {
  return entries.find((entry) => forms.some((address) => isEntryFor(entry, { address, ...target })))
}

function withForm({ address, form }: EmbeddedIpv4, verdict: AddressVerdict): AddressVerdict {
  return { ...verdict, reason: `carries ${address.toString()}, ${form}: ${verdict.reason}` }
}
