import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { AttemptRecord, ClaimedDelivery } from '@posthorn/core'
import { type DeliveryFacts, toDeliveryFacts } from './delivery-facts.ts'

/** What the tracing channel `posthorn:attempt` carries: one object per attempt, the same one from `start` to `asyncEnd`. */
export interface AttemptTrace {
  readonly delivery: DeliveryFacts
  /** 1 for the first attempt. */
  readonly attemptNumber: number
  /** There at `asyncStart` and `asyncEnd`. Whatever a receiver does is a result. */
  readonly result?: AttemptRecord
  /** There at `error`: the attempt could not be made, by a fault of this side that is no outcome. */
  readonly error?: unknown
}

const channel: TracingChannel<unknown, AttemptTrace> = tracingChannel('posthorn:attempt')

/** Runs an attempt, in whatever context its subscribers bind to it. */
export function traceAttempt(
  delivery: ClaimedDelivery,
  attempt: () => Promise<AttemptRecord>,
): Promise<AttemptRecord> {
  if (!channel.hasSubscribers) return attempt()
  return channel.tracePromise(attempt, {
    delivery: toDeliveryFacts(delivery),
    attemptNumber: delivery.attemptNumber,
  })
}
