import { createHash } from 'node:crypto'

/**
 * A URL as everybody but the owner of the subscription may see it: its origin, and eight hexadecimal digits of a hash of its
 * path to tell two apart. Paths and queries hold tokens.
 */
export function toShownUrl({ origin, pathname }: URL): string {
  return `${origin}#${createHash('sha256').update(pathname).digest('hex').slice(0, 8)}`
}
