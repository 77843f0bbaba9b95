/** Statuses whose `Retry-After` says when to come back (RFC 9110, section 10.2.3; RFC 6585, section 4). */
const statuses: ReadonlySet<number> = new Set([429, 503])

/** `Sun, 06 Nov 1994 08:49:37 GMT`: the form that senders must use (RFC 9110, section 5.6.7). */
const currentDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** `Sunday, 06-Nov-94 08:49:37 GMT`: obsolete, but receivers must read it. */
const longDate =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/

/** `Sun Nov  6 08:49:37 1994`: as obsolete, and in GMT without saying so. */
const clockDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/**
 * How long the receiver asks us to wait, in ms; null if it does not say, or not in a way that HTTP knows. A date that has
 * passed is 0. There is no upper bound here.
 * @param now epoch ms, for dates
 */
export function parseRetryAfter(status: number, value: string | undefined, now: number): number | null {
  if (!statuses.has(status) || value === undefined) return null
  const text = value.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER)
  const at = parseHttpDate(text)
  return at === null ? null : Math.max(0, at - now)
}

function parseHttpDate(text: string): number | null {
  const isDate = currentDate.test(text) || longDate.test(text)
  const at = isDate ? Date.parse(text) : clockDate.test(text) ? Date.parse(`${text} GMT`) : Number.NaN
  return Number.isNaN(at) ? null : at
}
