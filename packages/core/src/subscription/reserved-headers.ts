import { toComparedHeaderName } from './compared-header-name.ts'

/** Names that no subscription may set, with the reason that the error gives. */
const reservedNames: Readonly<Record<string, readonly string[]>> = {
  'HTTP itself sets it': ['host', 'content-length', 'transfer-encoding', 'expect', 'date'],
  // RFC 9110, section 7.6.1, and those that RFC 9113, section 8.2.2, lists with them.
  'it belongs to a single connection': [
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'upgrade',
    'http2-settings',
  ],
  'it describes the body, which the dialect makes': [
    'content-type',
    'content-encoding',
    'content-range',
    'content-transfer-encoding',
  ],
  'answers are never decompressed': ['accept-encoding'],
  'the option `auth` sets it': ['authorization'],
  'no cookies are sent': ['cookie', 'cookie2', 'set-cookie', 'set-cookie2'],
  'it would name another sender': ['forwarded', 'x-real-ip', 'via'],
  'it would make the request another one': [
    'x-http-method',
    'x-http-method-override',
    'x-method-override',
    'x-original-url',
    'x-rewrite-url',
  ],
  'the option `standardWebhooks` sets it': ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  'objects of every receiver have a member of this name': [
    'prototype',
    ...Object.getOwnPropertyNames(Object.prototype),
  ],
}

const reservedPrefixes: Readonly<Record<string, string>> = {
  'proxy-': 'it is for proxies',
  'x-forwarded-': 'it would name another sender',
  'x-posthorn-': 'Posthorn sets headers that begin with this',
}

const reasonByName: ReadonlyMap<string, string> = new Map(
  Object.entries(reservedNames).flatMap(([reason, names]) =>
    names.map((name) => [toComparedHeaderName(name), reason] as const),
  ),
)

/** Why no subscription may set a header, whatever its dialect; null if one may. */
export function reasonToReserve(name: string): string | null {
  const compared = toComparedHeaderName(name)
  const [, byPrefix = null] =
    Object.entries(reservedPrefixes).find(([prefix]) => compared.startsWith(prefix)) ?? []
  return reasonByName.get(compared) ?? byPrefix
}
