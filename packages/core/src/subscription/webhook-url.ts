import { describeType } from '../describe-value.ts'
import { InvalidInputError } from '../errors.ts'
import { maxUrlLength } from '../limits.ts'

/** A URL in two forms. */
export interface WebhookUrl {
  /** As its user wrote it: what is listed. */
  readonly text: string
  /** As the URL standard writes it: what is judged and sent to. */
  readonly target: URL
}

/** Before the first dot of a host, or between two. A dot at the end is that of an absolute name. */
const emptyLabelPattern = /^\.|\.\./

/** Control characters, spaces of every kind, invisible characters and lone surrogates. */
const unprintablePattern = /[\p{Cc}\p{Z}\p{Cf}\p{Cs}]/u

/**
 * Checks the form of a webhook's URL and gives it back parsed. Whether its address may be reached is the address policy's
 * question, not this one.
 *
 * What the URL parser would drop or turn into something else in silence (control characters, spaces around, backslashes,
 * missing slashes) is refused. What it writes in another way stays allowed, and means the same to every parser of the standard:
 * scheme and host in lower case, the host as ASCII (IDNA) or, if it is one, as a plain address, no default port, a `/` for no path,
 * no `.` and `..` segments, and in path and query percent-encoding where there was none (characters beyond ASCII, quotes, angle
 * brackets). What is percent-encoded in path and query stays byte for byte.
 *
 * Errors never quote the URL: tokens live in its path and its query, and whoever misplaces a secret pastes it here.
 * @throws {InvalidInputError} `subscription.url-invalid`
 */
export function parseWebhookUrl(input: unknown): WebhookUrl {
  if (typeof input !== 'string') throw invalid(`Expected \`url\` to be a string, got ${describeType(input)}.`)
  checkLength(input, '')
  checkCharacters(input)
  const target = URL.parse(input)
  if (target === null) {
    throw invalid(
      `Expected \`url\` to be an absolute URL such as https://ci.example.com/hook, got ${describeForm(input)}.`,
    )
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw invalid(`Expected \`url\` to begin with http:// or https://, got ${describeForm(input)}.`)
  }
  if (!/^https?:\/\/[^/]/i.test(input)) {
    throw invalid('Expected `url` to have exactly two slashes between its scheme and its host.')
  }
  if (/^https?:\/\/[^/?]*@/i.test(input)) {
    throw invalid('Expected `url` to hold no credentials before its host.')
  }
  // No such name can be looked up; and resolvers and proxies that drop the dots would reach what was not judged.
  if (emptyLabelPattern.test(target.hostname)) {
    throw invalid(
      'Expected `url` to have a host with one dot between its labels, and at most one at its end.',
    )
  }
  checkLength(target.href, ' once percent-encoded')
  return { text: input, target }
}

function checkLength(text: string, when: string): void {
  if (text.length <= maxUrlLength) return
  throw invalid(`Expected \`url\` to have up to ${maxUrlLength} characters${when}, got ${text.length}.`)
}

function checkCharacters(input: string): void {
  if (unprintablePattern.test(input)) {
    throw invalid('Expected `url` to hold no spaces, control or invisible characters; percent-encode them.')
  }
  // The URL parser takes a backslash for a slash, other parsers do not: http://one.example\@two.example/ has two hosts.
  if (input.includes('\\')) throw invalid('Expected `url` to hold no backslash; write %5C.')
  if (input.includes('#')) throw invalid('Expected `url` to have no fragment; it would never be sent.')
}

const knownSchemes: readonly string[] = [
  'https',
  'http',
  'ftp',
  'file',
  'ws',
  'wss',
  'ssh',
  'git',
  'mailto',
  'data',
]

/** A scheme that everybody knows is all of a URL that can be shown: what else stands before a colon may be a secret. */
function describeForm(input: string): string {
  const scheme = knownSchemes.find((known) => input.toLowerCase().startsWith(`${known}:`))
  return scheme === undefined ? 'something else' : `one that begins with ${scheme}:`
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.url-invalid', field: 'url', message })
}
