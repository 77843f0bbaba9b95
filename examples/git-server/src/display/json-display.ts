import type { Display } from './display.ts'

/** One JSON line per attempt on standard output; what is meant for people goes to standard error. */
export function createJsonDisplay(): Display {
  return {
    say: (line) => console.error(line),
    accepted: () => undefined,
    attempted: ({ at, refActions, subscription, delivery, attempt, next }) => {
      const { outcome } = attempt
      const line = {
        at: new Date(at).toISOString(),
        event: delivery.eventKey,
        refs: refActions,
        receiver: subscription.title,
        dialect: delivery.body.dialect,
        subscriptionId: delivery.subscriptionId,
        deliveryId: delivery.deliveryId,
        attempt: attempt.number,
        outcome: outcome.word,
        status: outcome.kind === 'answered' ? outcome.status : null,
        durationMs: Math.round(attempt.durationMs),
        certificateVerification: attempt.certificateVerification,
        next: next.kind === 'final' ? next.state : next.kind,
        delayMs: 'delayMs' in next ? next.delayMs : null,
      }
      console.log(JSON.stringify(line))
    },
  }
}
