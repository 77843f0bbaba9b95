import type { HeaderPair } from '../dialect.ts'
import type { SealedClientCertificate, SealedHeaders } from '../store/subscription-record.ts'
import { parseAuthorization } from './authorization.ts'
import { checkClientKey } from './client-certificate.ts'
import { parseHeaderPairs } from './custom-headers.ts'
import type { SubscriptionAuth } from './subscription.ts'
import { parseSecret } from './subscription-fields.ts'
import { parseWebhookUrl } from './webhook-url.ts'

/**
 * What was sealed, after it was opened: by the rule it was checked by before, and against what is stored of it in clear. A wrong key
 * or a mistake in functions of the host may give any text, and what is none of ours must not be signed with or sent. What these
 * throw may quote it, and is for nobody.
 */

/** @param lane the origin that the URL had when it was sealed */
export function parseOpenedUrl(text: string, lane: string): URL {
  const { target } = parseWebhookUrl(text)
  if (target.origin !== lane) throw new Error('another origin')
  return target
}

/** @throws {InvalidInputError} if it is none that a subscription could have had */
export function parseOpenedSecret(text: string): string {
  parseSecret(text)
  return text
}

/** @param text the JSON of pairs */
export function parseOpenedHeaders(text: string, names: SealedHeaders['names']): readonly HeaderPair[] {
  const value: unknown = JSON.parse(text)
  if (!Array.isArray(value)) throw new Error('no array')
  const pairs = parseHeaderPairs(value.map(parsePair))
  if (pairs.length !== names.length || pairs.some(([name], index) => name !== names[index])) {
    throw new Error('other names')
  }
  return pairs
}

function parsePair(value: unknown): readonly [string, unknown] {
  const [name, text, ...others]: readonly unknown[] = Array.isArray(value) ? value : []
  if (typeof name !== 'string' || others.length > 0) throw new Error('no pair')
  return [name, text]
}

/** @returns the value of the header `Authorization` */
export function parseOpenedAuthorization(text: string, shown: SubscriptionAuth): string {
  const [, credentials = ''] = text.split(' ', 2)
  const parsed = parseAuthorization(
    shown.type === 'bearer'
      ? { type: 'bearer', token: credentials }
      : toBasicDraft(credentials, shown.username),
  )
  if (parsed.kind !== 'set' || parsed.value.value !== text) throw new Error('another authorization')
  return text
}

function toBasicDraft(credentials: string, username: string): object {
  const pair = Buffer.from(credentials, 'base64').toString()
  return { type: 'basic', username, password: pair.slice(username.length + 1) }
}

/** @returns the key in PEM */
export function parseOpenedClientKey(
  text: string,
  certificate: SealedClientCertificate['certificate'],
): string {
  checkClientKey(certificate, text)
  return text
}
