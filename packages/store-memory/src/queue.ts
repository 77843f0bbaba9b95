import { Heap } from './heap.ts'
import type { DeliveryRow } from './rows.ts'
import { SortedKeys } from './sorted-keys.ts'

/**
 * The unfinished deliveries of one subscription, each in one place:
 *
 *   pings · first attempts · retries   pending, by due time
 *   a heap per order key               pending or leased, by store sequence; only the head may be claimed
 *
 * A leased delivery outside any order is in none of them.
 */
export class Queue {
  /** All of them, in the order they were written. */
  readonly unfinished: Set<DeliveryRow> = new Set()
  readonly pings: Heap<DeliveryRow> = new Heap(isDueBefore)
  readonly firstAttempts: Heap<DeliveryRow> = new Heap(isDueBefore)
  readonly retries: Heap<DeliveryRow> = new Heap(isDueBefore)
  readonly orderKeys: SortedKeys = new SortedKeys()
  /** The order key that was visited last. */
  lastOrderKey: string | null = null
  /** Leases that are held, without those of pings. */
  leasedCount = 0
  readonly #byOrderKey = new Map<string, Heap<DeliveryRow>>()

  /** Whether nothing waits here; a leased delivery outside any order does not. */
  get isEmpty(): boolean {
    return this.pings.size + this.firstAttempts.size + this.retries.size + this.orderKeys.size === 0
  }

  /** Puts a pending delivery where it belongs. One that waits in its order already stays there. */
  put(row: DeliveryRow): void {
    if (row.orderKey === null) this.#heapOf(row).push(row)
    else this.#putInOrder(row, row.orderKey)
  }

  /** Takes a delivery out, to be leased. One in an order keeps its place, and holds up those behind it. */
  lease(row: DeliveryRow): void {
    if (row.orderKey === null) this.#heapOf(row).remove(row)
  }

  /** Takes a delivery out for good, or before it changes its place. */
  remove(row: DeliveryRow): void {
    if (row.orderKey === null) this.#heapOf(row).remove(row)
    else this.#removeFromOrder(row, row.orderKey)
  }

  /** The oldest unfinished delivery of an order key. */
  headOf(orderKey: string): DeliveryRow | undefined {
    return this.#byOrderKey.get(orderKey)?.first()
  }

  #heapOf(row: DeliveryRow): Heap<DeliveryRow> {
    if (row.isPing) return this.pings
    return row.isRetry ? this.retries : this.firstAttempts
  }

  #putInOrder(row: DeliveryRow, orderKey: string): void {
    const known = this.#byOrderKey.get(orderKey)
    if (known?.has(row)) return
    const heap = known ?? new Heap(isWrittenBefore)
    heap.push(row)
    if (known !== undefined) return
    this.#byOrderKey.set(orderKey, heap)
    this.orderKeys.add(orderKey)
  }

  #removeFromOrder(row: DeliveryRow, orderKey: string): void {
    const heap = this.#byOrderKey.get(orderKey)
    heap?.remove(row)
    if (heap === undefined || heap.size > 0) return
    this.#byOrderKey.delete(orderKey)
    this.orderKeys.remove(orderKey)
  }
}

/** What is due first; of those due at the same time, what was written first. */
export function isDueBefore(one: DeliveryRow, other: DeliveryRow): boolean {
  return one.dueAt === other.dueAt ? one.seq < other.seq : one.dueAt < other.dueAt
}

function isWrittenBefore(one: DeliveryRow, other: DeliveryRow): boolean {
  return one.seq < other.seq
}
