import type { HeaderFacts, HeaderPair } from '@posthorn/core'

/** The headers of a Post-Receive delivery. None of them names the event, the delivery or the attempt: the vendor sent none. */
export function toHeaders(_facts: HeaderFacts): readonly HeaderPair[] {
  return [
    // The vendor's own value is not documented.
    ['User-Agent', 'Posthorn'],
    ['Content-Type', 'application/json'],
    // On requests of Server 5 that were captured in 2017.
    ['X-Atlassian-Token', 'no-check'],
  ]
}
