import { describeType } from '../describe-value.ts'
import { InvalidInputError } from '../errors.ts'
import { maxUrlLength } from '../limits.ts'

/** A URL as its user wrote it, and parsed. */
export interface WebhookUrl {
  readonly text: string
  readonly target: URL
}

/** Control characters, spaces of every kind, invisible characters and lone surrogates. */
const unprintablePattern = /[\p{Cc}\p{Z}\p{Cf}\p{Cs}]/u

/**
 * Checks the form of a webhook's URL and gives it back parsed. Whether its address may be reached is the address policy's
 * question, not this one.
 *
 * What the URL parser would drop or turn into something else in silence (control characters, spaces around, backslashes,
 * missing slashes) is refused, so that the URL that is listed is the URL that is used. Errors never quote the URL: tokens
 * live in its path and its query, and whoever misplaces a secret pastes it here.
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
