import type { HeaderPair } from '@posthorn/core'
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
  const parts = [...pathname.split('/'), query, ...query.split('&').map(toValue), ...members.map(toValue)]
  const names = members.map((member) => member.split('=', 1)[0] ?? '')
  const listForms = isDecodable(pathname + search) ? withDecoded : asTheyAre
  return [
    ...listForms(parts.filter(isLongEnough)).flatMap((part) => [part, ...listPieces(part)]),
    ...listForms(names).filter((name) => name.length >= minPieceLength),
  ]
}

function isLongEnough(part: string): boolean {
  return part.length >= minPartLength
}

/** All of it, if it has no name. */
function toValue(member: string): string {
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

/** Told once for all of a URL: every failure to decode costs as much as all the rest. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function asTheyAre(texts: readonly string[]): readonly string[] {
  return texts
}

function withDecoded(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [
    text,
    decodeURIComponent(text),
    decodeURIComponent(text.replaceAll('+', ' ')),
  ])
}
