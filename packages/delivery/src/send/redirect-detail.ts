import { createHash } from 'node:crypto'

/** Characters of a scheme or a host that are shown. Hosts of receivers are shorter; the longest name has 253. */
const maxShownLength = 100

/** Characters of a hash: enough to see whether two are the same. */
const hashLength = 12

/**
 * Where a redirect leads, for the operator: the origin, and of path and query no more than a hash, since tokens live there.
 * What is too long is told by its length and a hash too, and not cut: half a secret could not be found and hidden any more.
 * Null if the status is no redirect.
 * @param base the URL that answered, which a relative `Location` belongs to
 */
export function describeRedirect(status: number, location: string | undefined, base: URL): string | null {
  if (status < 300 || status > 399) return null
  if (location === undefined) return 'no Location'
  const target = URL.parse(location, base.href)
  if (target === null) return 'an invalid Location'
  const { protocol, host, pathname, search } = target
  const scheme = shorten(protocol)
  const origin = host === '' ? scheme : `${scheme}//${shorten(host)}`
  return `Location ${origin}, path with hash ${toHash(`${pathname}${search}`)}`
}

function shorten(text: string): string {
  return text.length <= maxShownLength ? text : `(${text.length} characters with hash ${toHash(text)})`
}

function toHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hashLength)
}
