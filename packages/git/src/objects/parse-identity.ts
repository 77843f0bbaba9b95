import type { Identity } from '@posthorn/core'

const maxSeconds = 8_640_000_000_000

/** Of a time in 64 bits without a sign. */
const newest = 2n ** 64n - 1n
const maxWalkDigits = 20

/**
 * An author, committer or tagger from the value of its header, `Name <mail> seconds zone`. Reads what old and broken tools
 * wrote the way Git does (`split_ident_line` in ident.c): the address ends at the first `>`, the date begins behind the
 * last and is none without a zone; a date that is missing, negative or beyond what a JavaScript date can hold is 0.
 */
export function parseIdentity(value: string): Identity {
  const open = value.indexOf('<')
  const close = value.indexOf('>', open)
  if (open === -1 || close === -1) return { name: trimEnd(value), emailAddress: '', at: 0 }
  const digits = /^[ \t\r]*(\d+)[ \t\r]*[+-]/.exec(value.slice(value.lastIndexOf('>') + 1))?.[1]
  return {
    name: trimEnd(value.slice(0, open)),
    emailAddress: value.slice(open + 1, close),
    at: toEpochMs(digits ?? ''),
  }
}

/**
 * The time by which history is walked, in epoch seconds: with or without a zone, and as Git counts, without a sign, so that one
 * that is negative or beyond 64 bits is the newest there is. It stands behind the first `>` (`parse_commit_date` in commit.c as of
 * Git 2.39; later ones look for the last).
 */
export function parseWalkSeconds(value: string): number {
  const close = value.indexOf('>')
  const [, sign = '', digits] = /^\s*([+-]?)(\d+)/.exec(close === -1 ? '' : value.slice(close + 1)) ?? []
  return digits === undefined ? 0 : toWalkSeconds(sign, digits)
}

/**
 * As `strtoumax` of C reads a number. Beyond 2^53 neighbours may be the same.
 * @param digits empty for none
 */
export function toWalkSeconds(sign: string, digits: string): number {
  const significant = digits.replace(/^0+/, '')
  const seconds = significant.length > maxWalkDigits ? newest : BigInt(significant)
  if (seconds >= newest) return Number(newest)
  return Number(sign === '-' ? BigInt.asUintN(64, -seconds) : seconds)
}

/** @param digits epoch seconds; empty for none */
export function toEpochMs(digits: string): number {
  const seconds = Number(digits)
  return seconds <= maxSeconds ? seconds * 1_000 : 0
}

/** Without what is space to Git; that of other alphabets belongs to a name. Not by a pattern, which long runs of spaces would make slow. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
