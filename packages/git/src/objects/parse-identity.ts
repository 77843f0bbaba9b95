import type { Identity } from '@posthorn/core'

const maxSeconds = 8_640_000_000_000

/**
 * An author, committer or tagger from the value of its header, `Name <mail> seconds zone`. Reads what old and broken tools
 * wrote the way Git does (`split_ident_line` in ident.c): the address ends at the first `>`, the date begins behind the
 * last; a date that is missing, negative or beyond what a JavaScript date can hold is 0.
 */
export function parseIdentity(value: string): Identity {
  const open = value.indexOf('<')
  const close = value.indexOf('>', open)
  if (open === -1 || close === -1) return { name: value.trim(), emailAddress: '', at: 0 }
  return {
    name: value.slice(0, open).trimEnd(),
    emailAddress: value.slice(open + 1, close),
    at: parseIdentitySeconds(value) * 1_000,
  }
}

/** The time alone, in epoch seconds. */
export function parseIdentitySeconds(value: string): number {
  const digits = /^\s*(\d+)/.exec(value.slice(value.lastIndexOf('>') + 1))?.[1]
  const seconds = digits === undefined || !value.includes('>') ? 0 : Number(digits)
  return seconds <= maxSeconds ? seconds : 0
}
