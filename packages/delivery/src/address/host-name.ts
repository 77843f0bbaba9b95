import { parseIpAddress } from './ip-address.ts'

/** What a URL's `hostname` stands for, in the one form in which names and addresses are compared. */
export type UrlHost =
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }

/** A pattern for names: one name, or every name below one. */
export interface HostPattern {
  readonly name: string
  readonly isBelow: boolean
}

/** Names for the local host in the hosts files of common systems, beside `localhost` and all below it (RFC 6761). */
const loopbackNames: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'localhost4',
  'localhost6',
  'localhost4.localdomain4',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback',
])

/** Takes the host of a parsed URL apart: brackets of IPv6 and the dot of an absolute name go, letters are lower case. */
export function toUrlHost(url: URL): UrlHost {
  const { hostname } = url
  const text = hostname.startsWith('[') ? hostname.slice(1, -1) : normalizeName(hostname)
  return { kind: parseIpAddress(text) === null ? 'name' : 'address', text }
}

/** The port that a URL names or its scheme implies. */
export function toUrlPort(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

/** A name in lower case and without the dot at its end. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/**
 * Whether a host has two dots in a row, or one at its beginning. No such name can be looked up; and whoever drops the dots, as a
 * proxy may, takes `127.0.0.1..` for an address that was never judged.
 */
export function hasEmptyLabel(hostname: string): boolean {
  return /^\.|\.\./.test(hostname)
}

/** Whether a normalised name means the local host wherever it is looked up. */
export function isLoopbackName(name: string): boolean {
  return loopbackNames.has(name) || name.endsWith('.localhost')
}

/** Reads `ci.example.com` or `*.example.com`; null for anything else. Names are read as URLs read them. */
export function parseHostPattern(text: string): HostPattern | null {
  const isBelow = text.startsWith('*.')
  const written = isBelow ? text.slice(2) : text
  if (written === '' || /[\s/\\?#@:*%[\]]/.test(written)) return null
  const url = URL.parse(`http://${written}/`)
  if (url === null || hasEmptyLabel(url.hostname)) return null
  const host = toUrlHost(url)
  return host.kind === 'name' && host.text !== '' ? { name: host.text, isBelow } : null
}

/** Whether a pattern covers a normalised name. `*.example.com` does not cover `example.com`. */
export function isCovered(pattern: HostPattern, name: string): boolean {
  return pattern.isBelow ? name.endsWith(`.${pattern.name}`) : name === pattern.name
}
