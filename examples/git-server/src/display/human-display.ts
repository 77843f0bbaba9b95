import { styleText } from 'node:util'
import type { AttemptedEvent } from 'posthorn'
import type { AcceptedPush, Display, ShownAttempt } from './display.ts'
import { type Column, toTableHead, toTableLine } from './table.ts'

const columns: readonly Column[] = [
  ['time', 12],
  ['event', 9],
  ['refs', 15],
  ['receiver', 11],
  ['dialect', 19],
  ['try', -3],
  ['outcome', 15],
  ['status', 6],
  ['took', -7],
  ['then', 0],
]

const timeFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

/** A table that grows by a line per attempt. `styleText` colours only a terminal, and none that sets `NO_COLOR`. */
export function createHumanDisplay(): Display {
  let hasHead = false
  const print = (line: string): void => {
    if (!hasHead) console.log(styleText('bold', toTableHead(columns)))
    hasHead = true
    console.log(line)
  }
  return {
    say: (line) => console.log(line),
    accepted: (push) => print(toAcceptedLine(push)),
    attempted: (attempt) => print(styleText(toColour(attempt.next), toAttemptLine(attempt))),
  }
}

function toAcceptedLine({ at, event, refActions, deliveryCount, durationMs }: AcceptedPush): string {
  const cells = [
    toTime(at),
    event,
    refActions,
    `${deliveryCount} ${deliveryCount === 1 ? 'delivery' : 'deliveries'} committed in ${Math.round(durationMs)} ms`,
  ]
  return toTableLine(columns, cells)
}

function toAttemptLine({ at, refActions, subscription, delivery, attempt, next }: ShownAttempt): string {
  const { outcome } = attempt
  return toTableLine(columns, [
    toTime(at),
    delivery.eventKey,
    refActions,
    subscription.title,
    delivery.body.dialect.replace('bitbucket-', ''),
    String(attempt.number),
    outcome.word,
    outcome.kind === 'answered' ? String(outcome.status) : '-',
    `${Math.round(attempt.durationMs)} ms`,
    toThen(next) + (attempt.certificateVerification === 'skipped' ? ', certificate not verified' : ''),
  ])
}

function toThen(next: AttemptedEvent['next']): string {
  switch (next.kind) {
    case 'final':
      return next.reason === null ? next.state : `${next.state} (${next.reason})`
    case 'again':
      return `next try in ${toDuration(next.delayMs)}`
  }
}

function toColour(next: AttemptedEvent['next']): 'green' | 'yellow' | 'red' {
  if (next.kind !== 'final') return 'yellow'
  return next.state === 'delivered' ? 'green' : 'red'
}

/** The time of day on this machine, to the millisecond. */
function toTime(at: number): string {
  return timeFormat.format(at)
}

function toDuration(durationMs: number): string {
  return durationMs < 60_000
    ? `${(durationMs / 1_000).toFixed(1)} s`
    : `${Math.round(durationMs / 60_000)} min`
}
