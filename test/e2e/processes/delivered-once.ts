import type { ReceivedRequest } from '@posthorn/test-kit/receiver'
import type { Delivery, Emitter } from 'posthorn'
import { expect } from 'vitest'

/**
 * Expects that everything acknowledged has arrived, that whatever arrived twice came with the same bytes, and that each delivery
 * there is has ended once, as delivered.
 * @returns how often each came, by its id
 */
export async function expectDeliveredOnce(
  emitter: Emitter,
  acknowledged: readonly string[],
  requests: readonly ReceivedRequest[],
): Promise<ReadonlyMap<string, number>> {
  const arrivals = Map.groupBy(requests, ({ headers }) => String(headers['x-request-uuid']))
  for (const copies of arrivals.values())
    expect(new Set(copies.map(({ body }) => body.toString())).size).toBe(1)
  const deliveries = await listAll(emitter)
  const ids = deliveries.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining([...acknowledged]))
  expect(ids.toSorted()).toEqual([...arrivals.keys()].toSorted())
  for (const { id, state } of deliveries) {
    expect(state).toBe('delivered')
    expect(await emitter.deliveries.attempts(id)).toMatchObject([
      { number: 1, outcome: { word: 'http.2xx' } },
    ])
  }
  return new Map([...arrivals].map(([id, copies]) => [id, copies.length]))
}

async function listAll({ deliveries }: Emitter): Promise<readonly Delivery[]> {
  const all: Delivery[] = []
  let cursor: string | null = null
  do {
    const page = await deliveries.list({ maxCount: 1_000, cursor })
    all.push(...page.deliveries)
    cursor = page.next
  } while (cursor !== null)
  return all
}
