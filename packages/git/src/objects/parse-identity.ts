import type { Identity } from '@posthorn/core'

const maxSeconds = 8_640_000_000_000

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

/** The time alone, in epoch seconds, as history is walked by it: with or without a zone. */
export function parseIdentitySeconds(value: string): number {
  if (!value.includes('>')) return 0
  return toEpochMs(/^\s*(\d+)/.exec(value.slice(value.lastIndexOf('>') + 1))?.[1] ?? '') / 1_000
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
