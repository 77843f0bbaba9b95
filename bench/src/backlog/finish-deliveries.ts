import { createSqliteStore } from '@posthorn/store-sqlite'
import type { StoreHandle } from 'posthorn'

/** Deliveries that are finished in one transaction. */
const batchSize = 1_000

/**
 * Finishes so many of the due deliveries of a file, a multiple of 1,000, as if they had been delivered: claimed and settled, with an
 * attempt each.
 */
export async function finishDeliveries(location: string, count: number): Promise<void> {
  const store = createSqliteStore({ location, synchronous: 'normal' })
  const handle = await store.open({ clock: { now: () => Date.now() } })
  for (let finished = 0; finished < count; finished += batchSize) await finishBatch(handle)
  await handle.close()
}

async function finishBatch(handle: StoreHandle<never>): Promise<void> {
  const { deliveries } = await handle.claim({
    owner: 'bench',
    leaseMs: 60_000,
    maxCount: batchSize,
    maxRetries: 0,
    maxRestrained: 0,
    defaultRestrainedRoom: 0,
    restrainedRoomByLane: new Map(),
    maxPings: 0,
    defaultPingRoom: 0,
    pingRoomByLane: new Map(),
    maxPerSubscription: batchSize,
    roomBySubscription: new Map(),
    defaultRoom: batchSize,
    roomByLane: new Map(),
    cursor: null,
    only: null,
  })
  const outcomes = await handle.settle(deliveries.map(({ token }) => toSettlement(token)))
  const settledCount = outcomes.filter((outcome) => outcome === 'settled').length
  if (settledCount !== batchSize) throw new Error(`Of ${batchSize} deliveries ${settledCount} were settled.`)
}

function toSettlement(token: string): Parameters<StoreHandle['settle']>[0][number] {
  return {
    token,
    isCounted: true,
    next: { kind: 'final', state: 'delivered', reason: null },
    attempt: {
      outcome: { kind: 'answered', word: 'http.2xx', status: 200, retryAfterMs: null, detail: null },
      durationMs: 10,
      phases: { lookUpMs: null, connectMs: null, tlsMs: null, firstByteMs: 9 },
      isResent: false,
      certificateVerification: 'none',
      answerExcerpt: 'OK',
      requestHeaders: [],
    },
  }
}
