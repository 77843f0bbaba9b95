import { InvalidInputError } from '../errors.ts'
import { maxUrlLength } from '../limits.ts'

/** A URL as its user wrote it, and parsed. */
export interface WebhookUrl {
  readonly text: string
  readonly target: URL
}

/**
 * Checks the form of a webhook's URL and gives it back parsed. Whether its address may be reached is the address policy's
 * question, not this one.
 *
 * What the URL parser would drop in silence (control characters, spaces around) is refused, so that the URL that is listed
 * is the URL that is used.
 * @throws {InvalidInputError} `subscription.url-invalid`
 */
export function parseWebhookUrl(input: unknown): WebhookUrl {
  if (typeof input !== 'string') throw invalid(`Expected \`url\` to be a string, got ${typeof input}.`)
  if (input.length > maxUrlLength) {
    throw invalid(`Expected \`url\` to have up to ${maxUrlLength} characters, got ${input.length}.`)
  }
  if (/[\p{Cc} ]/u.test(input)) {
    throw invalid('Expected `url` to hold no spaces and no control characters; percent-encode them.')
  }
  const url = URL.parse(input)
  if (url === null) throw invalid(`Expected \`url\` to be an absolute URL, got ${quote(input)}.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(
      `Expected \`url\` to begin with http:// or https://, got the scheme ${quote(url.protocol)}.`,
    )
  }
  if (!/^https?:\/\/[^/\\]/i.test(input)) {
    throw invalid('Expected `url` to have exactly two slashes between its scheme and its host.')
  }
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(input)) {
    throw invalid('Expected `url` to hold no credentials.')
  }
  if (input.includes('#')) throw invalid('Expected `url` to have no fragment; it would never be sent.')
  return { text: input, target: url }
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.url-invalid', field: 'url', message })
}

function quote(text: string): string {
  // Only a beginning without path and query, where tokens live.
  return JSON.stringify(text.split(/[?#]/, 1)[0]?.slice(0, 60))
}
