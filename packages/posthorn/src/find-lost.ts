import type { Delivery, DeliveryFilter, StoreHandle } from '@posthorn/core'

/** Which of the lost deliveries to find. */
export interface LostRange {
  /** So many, the oldest of all. */
  readonly maxCount: number
  /** Only those younger than this one; null: all. */
  readonly youngerThan: string | null
}

/** Deliveries read at a time. */
const pageSize = 100

/** A delivery with all its copies, and theirs. */
interface Family {
  /** The newest of them. */
  readonly newestId: string
  /** Grows with the age of the newest. */
  readonly place: number
  /** Whether the newest was lost, and can be sent again. */
  isLost: boolean
  /** Whether any of them was delivered, or is on its way. */
  isSettled: boolean
}

/**
 * The ids of deliveries that ended as exhausted or discarded, the oldest first, but for pings and for those of subscriptions that
 * were deleted. Of a delivery and its copies the newest stands for all, and none does if any of them was delivered or is on its
 * way.
 */
export async function findLost<Transaction>(
  store: StoreHandle<Transaction>,
  filter: DeliveryFilter,
  { maxCount, youngerThan }: LostRange,
): Promise<readonly string[]> {
  const families = createFamilies()
  let lost: Family[] = []
  let cursor: string | null = null
  do {
    const page = await store.listDeliveries(filter, { maxCount: pageSize, cursor })
    const subscriptionIds = await findSubscriptions(store, page.deliveries.filter(isLost))
    for (const delivery of page.deliveries) {
      if (delivery.id === youngerThan) return toIds(lost, maxCount)
      const family = families.join(delivery, isLost(delivery) && subscriptionIds.has(delivery.subscriptionId))
      if (family.newestId === delivery.id && isWanted(family)) lost.push(family)
    }
    // The oldest are wanted, and they come last: whatever is beyond them need not be kept.
    if (lost.length > 2 * maxCount + pageSize) lost = lost.filter(isWanted).slice(-maxCount)
    cursor = page.next
  } while (cursor !== null)
  return toIds(lost, maxCount)
}

function toIds(lost: readonly Family[], maxCount: number): readonly string[] {
  const ids = lost.filter(isWanted).map(({ newestId }) => newestId)
  return ids.slice(-maxCount).toReversed()
}

/** Puts deliveries that come newest first into families: copies are met before what they are copies of. */
function createFamilies(): { join(delivery: Delivery, isLost: boolean): Family } {
  /** By the id of a delivery that is still to come. */
  const waiting = new Map<string, Family>()
  let count = 0
  return {
    join({ id, redeliveryOf, state }, isLost) {
      count += 1
      const own = waiting.get(id) ?? { newestId: id, place: count, isLost, isSettled: false }
      waiting.delete(id)
      own.isSettled ||= !isEndedUndelivered(state)
      if (redeliveryOf !== null) waiting.set(redeliveryOf, merge(own, waiting.get(redeliveryOf)))
      return own
    },
  }
}

function merge(one: Family, other: Family | undefined): Family {
  if (other === undefined) return one
  const [newer, older] = one.place < other.place ? [one, other] : [other, one]
  newer.isSettled ||= older.isSettled
  older.isLost = false
  return newer
}

function isWanted({ isLost, isSettled }: Family): boolean {
  return isLost && !isSettled
}

function isLost({ state, isPing }: Delivery): boolean {
  return !isPing && (state === 'exhausted' || state === 'discarded')
}

function isEndedUndelivered(state: Delivery['state']): boolean {
  return state === 'exhausted' || state === 'discarded' || state === 'cancelled'
}

/** Those subscriptions of some deliveries that still exist. */
async function findSubscriptions<Transaction>(
  store: StoreHandle<Transaction>,
  deliveries: readonly Delivery[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(deliveries.map(({ subscriptionId }) => subscriptionId))]
  const found = ids.length === 0 ? [] : await store.getSubscriptions(ids)
  return new Set(found.map(({ id }) => id))
}
