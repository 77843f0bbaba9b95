import { isEntryFor, isEntryForName, type ParsedEntry } from './address-entry.ts'
import { type AddressOptions, type ResolvedAddressOptions, resolveAddressOptions } from './address-options.ts'
import { type EmbeddedIpv4, findEmbeddedIpv4 } from './embedded-ipv4.ts'
import { hasEmptyLabel, isLoopbackName, normalizeName, toUrlHost, toUrlPort } from './host-name.ts'
import { type IpAddress, parseIpAddress } from './ip-address.ts'
import { judgePublic } from './judge-public.ts'
import { createOwnAddresses, type IsOwnAddress } from './own-addresses.ts'
import { type AddressVerdict, allowed, refused, type TargetVerdict } from './target-verdict.ts'

/** The host and port of a URL. */
export interface TargetName {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

/**
 * Says which targets may be reached. The same question has the same answer for as long as the policy lives, but for the
 * addresses of this machine itself, which may change.
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
  /**
   * Judges a name that somebody else will resolve, as far as that goes: whatever a list says of the name with some addresses
   * only is taken for the worst, and what it says of addresses alone cannot be known.
   */
  judgeName(target: TargetName): AddressVerdict
  /** Whether names are to be judged when a subscription is created, too. */
  readonly checksNamesOnCreate: boolean
}

/** What a policy is made of. */
interface Rules extends ResolvedAddressOptions {
  readonly isOwnAddress: IsOwnAddress
}

/**
 * @param isOwnAddress of the machine that connects; by default asks the operating system
 * @throws {InvalidInputError} `option.invalid`, `option.unknown`
 */
export function createAddressPolicy(
  options: AddressOptions = {},
  isOwnAddress: IsOwnAddress = createOwnAddresses(),
): AddressPolicy {
  const rules: Rules = { ...resolveAddressOptions(options), isOwnAddress }
  const policy: AddressPolicy = {
    judgeUrl(url) {
      const refusal = judgeScheme(url, rules) ?? judgePort(toUrlPort(url), rules)
      if (refusal !== null) return refusal
      if (hasEmptyLabel(url.hostname)) return refused('host', 'the host has an empty label')
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
    judgeName({ host, port }) {
      return judgePort(port, rules) ?? judgeNameByLists({ host: normalizeName(host), port }, rules)
    },
    checksNamesOnCreate: rules.checkNamesOnCreate,
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

function judgeIpAddress(address: IpAddress, target: TargetName, rules: Rules): AddressVerdict {
  const embedded = findEmbeddedIpv4(address, rules.nat64Embeddings)
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
  { deny, allow, only, isOwnAddress }: Rules,
): AddressVerdict {
  const text = reached.toString()
  const denied = findEntry(deny, forms, target)
  if (denied !== undefined) return refused('deny', `${text} is denied by ${denied.text}`)
  const allowing = findEntry(allow, forms, target)
  if (allowing !== undefined) return allowed('allow', `${text} is allowed by ${allowing.text}`)
  if (only === null) {
    const verdict = judgePublic(reached)
    return verdict.kind === 'allowed' && forms.some(isOwnAddress)
      ? refused('default', `${text} is an address of this machine`)
      : verdict
  }
  const listed = findEntry(only, forms, target)
  return listed === undefined
    ? refused('only', `${text} is not in the exclusive list`)
    : allowed('only', `${text} is in the exclusive list by ${listed.text}`)
}

function judgeNameByLists(target: TargetName, { deny, allow, only }: ResolvedAddressOptions): AddressVerdict {
  const { host } = target
  const denied = deny.find((entry) => isEntryForName(entry, target))
  if (denied !== undefined) return refused('deny', `${host} is denied, at least with ${denied.text}`)
  const allowing = allow.find((entry) => isEntryForName(entry, target))
  if (allowing !== undefined) return allowed('allow', `${host} is allowed by name`)
  if (only === null) return allowed('default', `${host} is a name that others resolve`)
  return only.some((entry) => isEntryForName(entry, target))
    ? allowed('only', `${host} is in the exclusive list by name`)
    : refused('only', `${host} is not in the exclusive list by name`)
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
