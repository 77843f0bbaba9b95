import type { Emitter } from 'posthorn'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Registers what an operator wants to see of an emitter, and alarms can be made of. */
export function measureDeliveries(emitter: Emitter, registry: Registry): void {
  const registers = [registry]
  const attempts = new Counter({
    name: 'posthorn_attempts_total',
    help: 'Attempts, by what became of them.',
    labelNames: ['word'],
    registers,
  })
  const attemptSeconds = new Histogram({
    name: 'posthorn_attempt_duration_seconds',
    help: 'From the look-up of the receiver to the end of its answer.',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers,
  })
  const deliveries = new Counter({
    name: 'posthorn_deliveries_total',
    help: 'Deliveries that ended, by where and why.',
    labelNames: ['state', 'reason'],
    registers,
  })
  const lagSeconds = new Histogram({
    name: 'posthorn_delivery_lag_seconds',
    help: 'From the emit of what was delivered to the answer that accepted it.',
    buckets: [0.1, 1, 10, 60, 600, 3_600, 36_000],
    registers,
  })
  const disabled = new Counter({
    name: 'posthorn_subscriptions_disabled_total',
    help: 'Subscriptions that were disabled, by why.',
    labelNames: ['reason'],
    registers,
  })

  emitter.on('attempted', ({ attempt, next, ageMs }) => {
    attempts.inc({ word: attempt.outcome.word })
    attemptSeconds.observe(attempt.durationMs / 1_000)
    if (next.kind === 'final' && next.state === 'delivered') lagSeconds.observe(ageMs / 1_000)
  })
  for (const name of ['delivered', 'exhausted', 'discarded'] as const) {
    emitter.on(name, ({ state, reason }) => deliveries.inc({ state, reason: reason ?? 'none' }))
  }
  emitter.on('cancelled', ({ count, reason }) => deliveries.inc({ state: 'cancelled', reason }, count))
  emitter.on('subscription-disabled', ({ reason }) => disabled.inc({ reason }))

  const oldestDueSeconds = new Gauge({
    name: 'posthorn_oldest_due_age_seconds',
    help: 'How long the delivery that has waited longest has been due; 0 if none is.',
    registers,
  })
  const waiting = new Gauge({
    name: 'posthorn_deliveries',
    help: 'Unfinished deliveries in the store, by where they are. Those that are due or parked are pending, too.',
    labelNames: ['state'],
    registers,
    // The store is asked once per scrape.
    async collect() {
      const { pendingCount, dueCount, parkedCount, leasedCount, oldestDueAgeMs } = await emitter.stats()
      waiting.set({ state: 'pending' }, pendingCount)
      waiting.set({ state: 'due' }, dueCount)
      waiting.set({ state: 'parked' }, parkedCount)
      waiting.set({ state: 'leased' }, leasedCount)
      oldestDueSeconds.set((oldestDueAgeMs ?? 0) / 1_000)
    },
  })
}
