import type { HeaderFacts, HeaderPair } from '@posthorn/core'

/** The headers of a Cloud delivery. The ids stand without braces, unlike those in bodies. */
export function toHeaders(facts: HeaderFacts): readonly HeaderPair[] {
  return [
    // Several receivers accept this value only, or take the body for another format if it differs.
    ['User-Agent', 'Bitbucket-Webhooks/2.0'],
    ['Content-Type', 'application/json'],
    ['X-Event-Key', facts.eventKey],
    ['X-Hook-UUID', facts.subscriptionId],
    ['X-Request-UUID', facts.deliveryId],
    ['X-Attempt-Number', String(facts.attemptNumber)],
  ]
}
