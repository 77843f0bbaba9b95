import { createHash } from 'node:crypto'

/** Characters of the hash of a path: enough to see whether two are the same. */
const hashLength = 12

/**
 * Where a redirect leads, for the operator: the origin, and of path and query no more than a hash, since tokens live there.
 * Null if the status is no redirect.
 * @param base the URL that answered, which a relative `Location` belongs to
 */
export function describeRedirect(status: number, location: string | undefined, base: URL): string | null {
  if (status < 300 || status > 399) return null
  if (location === undefined) return 'no Location'
  const target = URL.parse(location, base.href)
  if (target === null) return 'an invalid Location'
  const { protocol, host, pathname, search } = target
  const origin = host === '' ? protocol : `${protocol}//${host}`
  const hash = createHash('sha256').update(`${pathname}${search}`).digest('hex').slice(0, hashLength)
  return `Location ${origin}, path with hash ${hash}`
}
