import { type HeaderPair } from '@posthorn/core'
import type { OpenedSecrets } from './open-secrets.ts'

/** Parts of URLs may be tokens; shorter ones than this hardly are, and stand in innocent answers, as `true` and `main` do. */
const minPartLength = 6

/** Pieces of parts and of header values, which may be words of the receiver's own, count from this on. */
const minPieceLength = 8

/** Pieces of one part or value that count. */
const maxPieceCount = 8

const separators = /[\s:;=,]+/

/**
 * What no record may show of a request, even if the answer repeats it.
 * @param hidden the headers whose values are not shown
 */
export function listSecrets(
  { url, legacy, standard, authorization }: OpenedSecrets,
  hidden: readonly HeaderPair[],
): readonly string[] {
  return [
    ...listUrlSecrets(url),
    ...(legacy === null ? [] : [legacy]),
    ...standard.flatMap(({ secret }) => [secret, secret.replace(/^whsec_/, '')]),
    ...(authorization === null ? [] : listCredentials(authorization)),
    ...hidden.flatMap(([, value]) => [value, ...listPieces(value), ...listBasic(value)]),
  ]
}

/**
 * What a URL may hold of tokens: the longer segments of its path, its query, the names and values in it, and pieces of all these, as
 * they stand in it and decoded.
 */
export function listUrlSecrets({ pathname, search }: URL): readonly string[] {
  const query = search.slice(1)
  const members = query.split(/[&;]/)
  const parts = [
    ...pathname.split('/'),
    query,
    ...query.split('&').map(toMemberValue),
    ...members.map(toMemberValue),
  ].filter((part) => part.length >= minPartLength)
  const names = members.map((member) => member.split('=', 1)[0] ?? '')
  return withDecoded(parts)
    .flatMap((part) => [part, ...listPieces(part)])
    .concat(withDecoded(names).filter((name) => name.length >= minPieceLength))
}

/** All of it, if it has no name. */
function toMemberValue(member: string): string {
  return member.slice(member.indexOf('=') + 1)
}

/** Such as a token after its scheme. */
function listPieces(text: string): readonly string[] {
  return text
    .split(separators)
    .filter((piece) => piece.length >= minPieceLength)
    .slice(0, maxPieceCount)
}

/** An authorization, what follows its scheme, and the password that may be encoded in it. */
function listCredentials(authorization: string): readonly string[] {
  const [, credentials = ''] = authorization.split(' ', 2)
  return [authorization, credentials, ...listBasic(authorization)]
}

/** The pair that RFC 7617 encodes, and the password of it. */
function listBasic(value: string): readonly string[] {
  const credentials = /^basic +(?<credentials>[\w+/=-]+)$/i.exec(value)?.groups?.credentials
  if (credentials === undefined) return []
  const pair = Buffer.from(credentials, 'base64').toString()
  return [credentials, pair, pair.slice(pair.indexOf(':') + 1)]
}

function withDecoded(texts: readonly string[]): readonly string[] {
  return [...new Set([...texts, ...texts.map(decode), ...texts.map((text) => decode(text.replaceAll('+', ' ')))])]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
