import {
  type HealthRecord,
  type KeyBudget,
  KeyVisits,
  laneScope,
  type SubscriptionRecord,
  subscriptionScope,
  type TurnFilter,
  type TurnQueue,
} from '@posthorn/core'
import type { Data } from './data.ts'
import { isDueBefore, type Queue } from './queue.ts'
import type { DeliveryRow } from './rows.ts'

/** One queue as one claim sees it. */
export class QueueTurn implements TurnQueue<DeliveryRow> {
  readonly subscriptionId: string
  readonly lane: string
  readonly slots: number | null
  readonly laneSlots: number | null
  readonly has: TurnFilter
  readonly #queue: Queue
  readonly #now: number
  readonly #visits: KeyVisits
  /** Each order key is visited once in a claim: its head may have been taken. */
  #keysLeft: number
  #ordered: DeliveryRow | null = null

  constructor(data: Data, queue: Queue, { id, content }: SubscriptionRecord, now: number, budget: KeyBudget) {
    this.subscriptionId = id
    this.lane = content.lane
    const health = data.health.get(subscriptionScope(id))
    const laneHealth = data.health.get(laneScope(content.lane))
    this.slots = isStopped(content) ? 0 : slotsOf(health, queue.leasedCount, now)
    this.laneSlots = slotsOf(laneHealth, data.leasedCountByLane.get(content.lane) ?? 0, now)
    this.#queue = queue
    this.#now = now
    const retries = this.#ifDue(queue.retries.first()) !== null || queue.orderKeys.size > 0
    this.has = {
      pings: this.#ifDue(queue.pings.first()) !== null,
      retries,
      others: retries || this.#ifDue(queue.firstAttempts.first()) !== null,
    }
    this.#visits = new KeyVisits(budget)
    this.#keysLeft = queue.orderKeys.size
  }

  /** Whether order keys are left behind the last one visited. */
  get hasMoreKeys(): boolean {
    const { orderKeys, lastOrderKey } = this.#queue
    return this.#visits.isCutShort && orderKeys.after(lastOrderKey) !== undefined
  }

  peek(allowed: TurnFilter): DeliveryRow | null {
    const ping = this.#queue.pings.first()
    if (allowed.pings && ping !== undefined && this.#isDue(ping)) return ping
    if (!allowed.others) return null
    const first = this.#queue.firstAttempts.first()
    const retry = allowed.retries ? this.#queue.retries.first() : undefined
    const ordered = this.#nextInOrder(allowed.retries)
    return earlier(earlier(this.#ifDue(first), this.#ifDue(retry)), ordered)
  }

  take(row: DeliveryRow): void {
    this.#queue.lease(row)
    if (row === this.#ordered) this.#passOrderKey(row.orderKey)
  }

  /** The next order key, from the one visited last on, whose head may go. */
  #nextInOrder(areRetriesAllowed: boolean): DeliveryRow | null {
    if (this.#ordered !== null && mayGo(this.#ordered, areRetriesAllowed)) return this.#ordered
    if (this.#ordered !== null) this.#passOrderKey(this.#ordered.orderKey)
    if (this.#keysLeft <= 0) this.#visits.end()
    while (this.#visits.mayGoOn) {
      const { orderKeys, lastOrderKey } = this.#queue
      const next = orderKeys.after(lastOrderKey)
      const orderKey = next ?? orderKeys.after(null)
      this.#visits.visit(next === undefined)
      const head = orderKey === undefined ? undefined : this.#queue.headOf(orderKey)
      if (head !== undefined && this.#isDue(head) && mayGo(head, areRetriesAllowed)) {
        this.#ordered = head
        return head
      }
      this.#passOrderKey(orderKey ?? null)
    }
    return null
  }

  #passOrderKey(orderKey: string | null): void {
    this.#ordered = null
    this.#queue.lastOrderKey = orderKey
    this.#keysLeft -= 1
    if (this.#keysLeft <= 0) this.#visits.end()
  }

  #ifDue(row: DeliveryRow | undefined): DeliveryRow | null {
    return row !== undefined && this.#isDue(row) ? row : null
  }

  #isDue(row: DeliveryRow): boolean {
    return row.dueAt <= this.#now
  }
}

function mayGo(head: DeliveryRow, areRetriesAllowed: boolean): boolean {
  return head.lease === null && (areRetriesAllowed || !head.isRetry)
}

function earlier(one: DeliveryRow | null, other: DeliveryRow | null): DeliveryRow | null {
  if (one === null || other === null) return one ?? other
  return isDueBefore(one, other) ? one : other
}

/** Whether a subscription's user or we stopped it. */
export function isStopped(content: SubscriptionRecord['content']): boolean {
  return !content.isActive || content.disabled !== null
}

function slotsOf(health: HealthRecord | undefined, leasedCount: number, now: number): number | null {
  if (health === undefined) return null
  if (isParked(health, now)) return 0
  return health.maxLeasedCount === null ? null : Math.max(0, health.maxLeasedCount - leasedCount)
}

export function isParked(health: HealthRecord | undefined, now: number): boolean {
  return health !== undefined && health.parkedUntil !== null && health.parkedUntil > now
}
