import type { StoreHandle } from './store.ts'

/**
 * How long until time alone lets something be claimed; 0 as soon as something can be, null if nothing waits for time. Asks page by
 * page, so that a store with many queues does other work in between.
 * @param between what the caller does between two pages
 */
export async function nextDueInMs<Transaction>(
  store: Pick<StoreHandle<Transaction>, 'nextDue'>,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<number | null> {
  // On the monotonic clock, since later pages take time too.
  let soonestAt = Number.POSITIVE_INFINITY
  let cursor: string | null = null
  do {
    const page = await store.nextDue(cursor)
    if (page.dueInMs === 0) return 0
    soonestAt = Math.min(soonestAt, performance.now() + (page.dueInMs ?? Number.POSITIVE_INFINITY))
    cursor = page.cursor
    if (cursor !== null) await between()
  } while (cursor !== null)
  if (soonestAt === Number.POSITIVE_INFINITY) return null
  return Math.max(0, Math.ceil(soonestAt - performance.now()))
}
