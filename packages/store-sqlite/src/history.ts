import {
  type Attempt,
  type Delivery,
  type DeliveryFilter,
  type DeliveryPage,
  maxAttemptsKept,
  type PagePlace,
  type PageRequest,
  parsePageCursor,
  StoreError,
  toPageCursor,
} from '@posthorn/core'
import { numberOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { type SqlValues, type Statement, sql } from './database/statement.ts'
import { deliveryColumns, parseAttempt, parseDelivery } from './rows.ts'

const joined = `
  from deliveries d
  join events e on e.seq = d.event_seq
  left join subscriptions s on s.id = d.subscription_id
  left join health sh on sh.scope = 'subscription:' || d.subscription_id
  left join health lh on lh.scope = 'lane:' || s.lane
`

const readById = sql(`select ${deliveryColumns} ${joined} where d.id = :id`)

const readBySeq = sql(`select ${deliveryColumns} ${joined} where d.seq = :seq`)

const page = `(created_at, seq) < (:created_at, :seq) and created_at >= :since
  order by created_at desc, seq desc
  limit :count
`

const listOfSubscription = sql(`
  select seq, created_at from deliveries where subscription_id = :subscription_id and state = :state and ${page}
`)

const listByState = sql(`select seq, created_at from deliveries where state = :state and ${page}`)

const listOfEvent = sql(`
  select seq, created_at from deliveries
  where event_seq = (select seq from events where id = :event_id)
    and +state = :state and (:subscription_id is null or +subscription_id = :subscription_id) and ${page}
`)

const readAttempts = sql(`
  select a.number, a.is_counted, a.ended_at, a.record from deliveries d
  join attempts a on a.delivery_seq = d.seq
  where d.id = :id
  order by a.number
  limit ${maxAttemptsKept}
`)

const allStates = ['unfinished', 'delivered', 'exhausted', 'cancelled', 'discarded'] as const

const beforeAll: PagePlace = { createdAt: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER }

export function getDeliveries(database: Database, now: number, ids: readonly string[]): readonly Delivery[] {
  return ids.flatMap((id) => {
    const row = database.get(readById, { id })
    return row === undefined ? [] : parseDelivery(row, now)
  })
}

/** Newest first. One range is read for each state asked, no longer than the page, and the ranges are merged. */
export function listDeliveries(
  database: Database,
  now: number,
  filter: DeliveryFilter,
  { maxCount, cursor }: PageRequest,
): DeliveryPage {
  const behind = parseCursor(cursor)
  const places = (filter.states ?? allStates)
    .flatMap((state) => listState(database, filter, state, behind, maxCount + 1))
    .toSorted((one, other) => other.createdAt - one.createdAt || other.seq - one.seq)
  const shown = places.slice(0, maxCount)
  const last = shown.at(-1)
  return {
    deliveries: shown.flatMap(({ seq }) => {
      const row = database.get(readBySeq, { seq })
      return row === undefined ? [] : parseDelivery(row, now)
    }),
    next: places.length > shown.length && last !== undefined ? toPageCursor(last) : null,
    storeNow: now,
  }
}

export function listAttempts(database: Database, deliveryId: string): readonly Attempt[] {
  return database.all(readAttempts, { id: deliveryId }).map((row) => parseAttempt(row, deliveryId))
}

function listState(
  database: Database,
  { subscriptionId, eventId, since = Number.MIN_SAFE_INTEGER }: DeliveryFilter,
  state: string,
  behind: PagePlace,
  count: number,
): readonly PagePlace[] {
  const range: SqlValues = { state, created_at: behind.createdAt, seq: behind.seq, since, count }
  const [statement, values] = ((): readonly [Statement, SqlValues] => {
    if (eventId !== undefined)
      return [listOfEvent, { ...range, event_id: eventId, subscription_id: subscriptionId ?? null }]
    if (subscriptionId !== undefined)
      return [listOfSubscription, { ...range, subscription_id: subscriptionId }]
    return [listByState, range]
  })()
  return database.all(statement, values).map(toPlace)
}

function toPlace(row: Row): PagePlace {
  return { createdAt: numberOf(row, 'created_at'), seq: numberOf(row, 'seq') }
}

function parseCursor(cursor: string | null): PagePlace {
  if (cursor === null) return beforeAll
  const place = parsePageCursor(cursor)
  if (place === null)
    throw new StoreError({ code: 'store.failed', message: 'The cursor is that of no page.' })
  return place
}
