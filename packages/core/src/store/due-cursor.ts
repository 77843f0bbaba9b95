/** Where a look for what is due next goes on: behind a queue, or within it, from an order key on. */
export interface DueCursor {
  readonly subscriptionId: string
  /** Null behind the queue. */
  readonly orderKey: string | null
}

/** Ids are UUIDs, so the first space ends them, whatever an order key is made of. */
export function parseDueCursor(text: string): DueCursor {
  const end = text.indexOf(' ')
  return end < 0
    ? { subscriptionId: text, orderKey: null }
    : { subscriptionId: text.slice(0, end), orderKey: text.slice(end + 1) }
}

/** The text that {@link parseDueCursor} reads. */
export function formatDueCursor({ subscriptionId, orderKey }: DueCursor): string {
  return orderKey === null ? subscriptionId : `${subscriptionId} ${orderKey}`
}
