import {
  createEmitter,
  type Emitter,
  type EmitterOptions,
  type PushEvent,
  type Store,
  toUuid,
} from 'posthorn'
import { nowInMs } from '../arrivals/now-in-ms.ts'
import type { Arrival, Arrivals } from '../arrivals/start-arrivals.ts'
import { createPush, repository, secret, site } from '../fixtures/push.ts'
import { smallDialect } from '../fixtures/small-dialect.ts'

/** How long an attempt may take; short, so that one that hangs comes to its end within a run. */
const deadlineMs = 1_000

/** An emitter with one repository for each port of a receiver, each with one subscription. */
export interface ManyOrigins {
  readonly emitter: Emitter<unknown>
  /** Emits for one repository, and gives the id of the delivery and when the emit began. */
  readonly emit: (index: number) => Promise<{ readonly deliveryId: string; readonly emittedAt: number }>
}

export async function openManyOrigins(
  arrivals: Arrivals,
  store: Store<unknown>,
  role: EmitterOptions['role'],
): Promise<ManyOrigins> {
  const emitter = await createEmitter<unknown>({
    site,
    store,
    deadlineMs,
    dialects: [smallDialect],
    addresses: { allow: ['127.0.0.0/8'] },
    ...(role === undefined ? {} : { role }),
  })
  const events = arrivals.urls.map((_url, index) => toEvent(index))
  return {
    emitter,
    async emit(index) {
      const event = events[index % events.length] ?? toEvent(0)
      const emittedAt = nowInMs()
      const { deliveries } = await emitter.emit(event)
      const [delivery] = deliveries
      if (delivery === undefined) throw new Error('An event made no delivery.')
      return { deliveryId: delivery.id, emittedAt }
    },
  }
}

export async function subscribeAll(emitter: Emitter<unknown>, { urls }: Arrivals): Promise<void> {
  for (const [index, url] of urls.entries()) {
    const subject = { type: 'repository', id: toEvent(index).repository.uuid } as const
    await emitter.subscriptions.create({ subject, url, secret })
  }
}

/** Collects what arrives at all ports but the first, until it is so much. @throws {Error} if it is more, or takes too long */
export async function collectOthers(arrivals: Arrivals, count: number): Promise<readonly Arrival[]> {
  const others: Arrival[] = []
  const until = performance.now() + 60_000
  while (others.length < count) {
    if (performance.now() > until) throw new Error(`${others.length} of ${count} deliveries arrived.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    others.push(...(await arrivals.take()).filter(({ port }) => port > 0))
  }
  const distinctCount = new Set(others.map(({ deliveryId }) => deliveryId)).size
  if (distinctCount !== count || others.length !== count)
    throw new Error(`Expected ${count} distinct deliveries, got ${distinctCount} of ${others.length}.`)
  return others
}

function toEvent(index: number): PushEvent {
  const uuid = toUuid(site.htmlUrl, 'repository', index + 1)
  return { ...createPush(0, 0), repository: { ...repository, uuid, id: index + 1, slug: `hello-${index}` } }
}
