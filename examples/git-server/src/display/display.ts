import type { AttemptedEvent, Subscription } from 'posthorn'

/** A push whose deliveries were committed. */
export interface AcceptedPush {
  readonly at: number
  readonly event: string
  readonly refActions: string
  readonly deliveryCount: number
  /** From the hook's report to the commit. */
  readonly durationMs: number
}

/** An attempt with what it takes to name it. */
export interface ShownAttempt extends AttemptedEvent {
  readonly at: number
  readonly refActions: string
  readonly subscription: Subscription
}

/** Where a run shows what happens. */
export interface Display {
  /** A line for people. */
  say(line: string): void
  accepted(push: AcceptedPush): void
  attempted(attempt: ShownAttempt): void
}
