import { describeError } from './describe-error.ts'
import type { Receipt } from './emitter.ts'
import type { EmitterEvents, EmitterWarning } from './emitter-events.ts'
import { type Logger, type LogLevel, logLine } from './logger.ts'

/** What the log says of an event: at which level, in which words, with which fields. */
interface LogRule<Event> {
  readonly level: LogLevel
  readonly message: string
  /** Without secrets, bodies, and paths and queries of URLs; above `debug` also without resolved addresses. */
  readonly fields: (event: Event) => object
}

/** What is logged of each event of an emitter. `docs/observability.md` shows levels and messages. */
export const logRules: { readonly [Name in keyof EmitterEvents]: LogRule<EmitterEvents[Name]> } = {
  attempted: { level: 'debug', message: 'attempt ended', fields: toAttemptFields },
  delivered: { level: 'debug', message: 'delivered', fields: (event) => event },
  exhausted: { level: 'warn', message: 'delivery exhausted', fields: (event) => event },
  cancelled: { level: 'info', message: 'delivery cancelled', fields: (event) => event },
  discarded: { level: 'warn', message: 'delivery discarded', fields: (event) => event },
  parked: { level: 'info', message: 'queue parked', fields: (event) => event },
  recovered: { level: 'info', message: 'queue recovered', fields: (event) => event },
  'set-aside': { level: 'info', message: 'delivery set aside', fields: (event) => event },
  'subscription-disabled': { level: 'warn', message: 'subscription disabled', fields: (event) => event },
  warning: { level: 'warn', message: 'warning', fields: toWarningFields },
  'listener-error': {
    level: 'error',
    message: 'listener failed',
    fields: ({ event, error }) => ({ listener: event, error: describeError(error) }),
  },
}

/** Logs what an emitter does. Never throws. */
export interface EventLog {
  readonly event: <Name extends keyof EmitterEvents>(name: Name, event: EmitterEvents[Name]) => void
  emitted(eventKey: string, depth: number, receipt: Receipt): void
}

const silent: EventLog = { event() {}, emitted() {} }

export function createEventLog(logger: Logger | null): EventLog {
  if (logger === null) return silent
  return {
    event(name, event) {
      const { level, message, fields } = logRules[name]
      logLine(logger, level, () => ({ event: name, ...fields(event) }), message)
    },
    emitted(eventKey, depth, { eventId, repeated, deliveries, skipped }) {
      const isLoop = skipped.some(({ reason }) => reason === 'loop')
      const counts = { deliveryCount: deliveries.length, skippedCount: skipped.length }
      const fields = { event: 'emitted', eventId, eventKey, depth, repeated, ...counts }
      logLine(logger, isLoop ? 'warn' : 'debug', () => fields, isLoop ? 'event in a loop' : 'event emitted')
    },
  }
}

function toAttemptFields({ delivery, attempt, next, ageMs }: EmitterEvents['attempted']): object {
  const { deliveryId, subscriptionId, eventKey, isPing, body, lane } = delivery
  const { number, outcome, durationMs, isResent } = attempt
  return {
    deliveryId,
    subscriptionId,
    eventId: body.eventId,
    eventKey,
    lane,
    isPing,
    attemptNumber: number,
    ...outcome,
    durationMs,
    isResent,
    next,
    ageMs,
  }
}

function toWarningFields(warning: EmitterWarning): object {
  switch (warning.kind) {
    case 'engine-fault':
      return { kind: warning.kind, activity: warning.activity, error: describeError(warning.error) }
    case 'subscription-damaged':
      return warning
    case 'certificate-verification-skipped': {
      const { id, target } = warning.subscription
      return { kind: warning.kind, subscriptionId: id, target }
    }
  }
}
