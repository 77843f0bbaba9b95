import type { MendAnswer, MendRequest } from '@posthorn/core'
import { numberOf, numberOrNull, parseJson, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { ranks } from './queue-heads.ts'

/** The deliveries of one queue that are due later than they can be. Of each rank only the far end is looked at. */
const tooFar = (id: string) => `
    select seq from deliveries where subscription_id = ${id} and rank = ${ranks.ping} and due_at > :first_by
    union all
    select seq from deliveries where subscription_id = ${id} and rank = ${ranks.firstAttempt} and due_at > :first_by
    union all
    select seq from deliveries where subscription_id = ${id} and rank = ${ranks.retry} and due_at > :retry_by`

/** Outside any order: a loose index scan over the queues. */
const readQueues = sql(`
  with recursive queue (id, nth) as (
    select min(subscription_id), 1 from deliveries where rank is not null and subscription_id > :behind
    union all
    select (select min(subscription_id) from deliveries where rank is not null and subscription_id > queue.id), nth + 1
    from queue
    where queue.id is not null and nth < :max_count
  )
  select id, exists (${tooFar('queue.id')}) as is_too_far
  from queue
  where id is not null
`)

const makeDueInQueue = sql(`
  update deliveries set due_at = :now
  where seq in (${tooFar(':id')} limit :max_count)
`)

/**
 * What keeps an order is found in no index by its time, so all of it is read: the rest of the last key, then the keys behind it. One
 * statement for both would go through that key from its beginning in each step.
 */
const readSameKey = sql(`
  select subscription_id, order_key, seq, due_at, attempt_count from deliveries
  where subscription_id = :id and order_key = :order_key and seq > :seq
  order by seq
  limit :max_count
`)

const readNextKeys = sql(`
  select subscription_id, order_key, seq, due_at, attempt_count from deliveries
  where order_key is not null and (subscription_id, order_key) > (:id, :order_key)
  order by subscription_id, order_key, seq
  limit :max_count
`)

const makeDue = sql('update deliveries set due_at = :now where seq = :seq')

const readHealth = sql(`
  select scope, parked_until from health
  where scope > :behind
  order by scope
  limit :max_count
`)

/** With a new version, so that nobody who read the old one parks it again. */
const endParking = sql('update health set parked_until = null, version = version + 1 where scope = :scope')

/** The last row in an order that a pass has looked at. */
interface OrderPlace {
  readonly id: string
  readonly orderKey: string
  readonly seq: number
}

/** Where a step of a pass begins. */
type Stage =
  | { readonly kind: 'queues'; readonly behind: string }
  | { readonly kind: 'ordered'; readonly behind: OrderPlace }
  | { readonly kind: 'health'; readonly behind: string }

/** What one stage did in a step; `next` is null when it is done. */
interface StageStep {
  readonly mendedCount: number
  readonly next: Stage | null
}

const firstOrdered: Stage = { kind: 'ordered', behind: { id: '', orderKey: '', seq: 0 } }
const firstHealth: Stage = { kind: 'health', behind: '' }

/**
 * One step of a pass, which leads through the queues, what keeps an order, and the health. A lease is left alone: what is under one
 * is due when it is given back.
 */
export function mendWaits(database: Database, now: number, request: MendRequest): MendAnswer {
  const stage = parseStage(request.cursor)
  switch (stage.kind) {
    case 'queues':
      return toAnswer(mendQueues(database, now, request, stage.behind), firstOrdered)
    case 'ordered':
      return toAnswer(mendOrdered(database, now, request, stage.behind), firstHealth)
    case 'health':
      return toAnswer(mendHealth(database, now, request, stage.behind), null)
  }
}

function mendQueues(database: Database, now: number, request: MendRequest, behind: string): StageStep {
  const { maxFirstWaitMs, maxRetryWaitMs, maxCount } = request
  const latest = { first_by: now + maxFirstWaitMs, retry_by: now + maxRetryWaitMs }
  const queues = database.all(readQueues, { behind, max_count: maxCount, ...latest })
  let mendedCount = 0
  let done = behind
  for (const queue of queues) {
    const id = textOf(queue, 'id')
    if (queue.is_too_far === 1) {
      const left = maxCount - mendedCount
      mendedCount += database.run(makeDueInQueue, { id, now, max_count: left, ...latest })
      // It may hold more.
      if (mendedCount >= maxCount) return { mendedCount, next: { kind: 'queues', behind: done } }
    }
    done = id
  }
  return { mendedCount, next: queues.length < maxCount ? null : { kind: 'queues', behind: done } }
}

function mendOrdered(
  database: Database,
  now: number,
  { maxFirstWaitMs, maxRetryWaitMs, maxCount }: MendRequest,
  behind: OrderPlace,
): StageStep {
  const key = { id: behind.id, order_key: behind.orderKey }
  const rest = database.all(readSameKey, { ...key, seq: behind.seq, max_count: maxCount })
  const rows = [...rest, ...database.all(readNextKeys, { ...key, max_count: maxCount - rest.length })]
  const isTooFar = (row: Row) =>
    numberOf(row, 'due_at') > now + (numberOf(row, 'attempt_count') > 0 ? maxRetryWaitMs : maxFirstWaitMs)
  const far = rows.filter(isTooFar)
  for (const row of far) database.run(makeDue, { seq: numberOf(row, 'seq'), now })
  const last = rows.at(-1)
  if (last === undefined || rows.length < maxCount) return { mendedCount: far.length, next: null }
  const place = {
    id: textOf(last, 'subscription_id'),
    orderKey: textOf(last, 'order_key'),
    seq: numberOf(last, 'seq'),
  }
  return { mendedCount: far.length, next: { kind: 'ordered', behind: place } }
}

function mendHealth(
  database: Database,
  now: number,
  { maxParkMs, maxCount }: MendRequest,
  behind: string,
): StageStep {
  const rows = database.all(readHealth, { behind, max_count: maxCount })
  const far = rows.filter((row) => (numberOrNull(row, 'parked_until') ?? now) > now + maxParkMs)
  for (const row of far) database.run(endParking, { scope: textOf(row, 'scope') })
  const last = rows.at(-1)
  const isDone = last === undefined || rows.length < maxCount
  return {
    mendedCount: far.length,
    next: isDone ? null : { kind: 'health', behind: textOf(last, 'scope') },
  }
}

function toAnswer({ mendedCount, next }: StageStep, following: Stage | null): MendAnswer {
  const stage = next ?? following
  return { mendedCount, cursor: stage === null ? null : JSON.stringify(stage) }
}

function parseStage(cursor: string | null): Stage {
  return cursor === null ? { kind: 'queues', behind: '' } : parseJson<Stage>({ cursor }, 'cursor')
}
