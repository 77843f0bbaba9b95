import type {
  AppendRequest,
  AttemptRecord,
  ClaimAnswer,
  ClaimedDelivery,
  ClaimRequest,
  Delivery,
  NewDelivery,
  NewSubscription,
  SettlementNext,
  StoreHandle,
  SubjectRef,
  SubscriptionContent,
  SubscriptionLimit,
  SubscriptionRecord,
} from '@posthorn/core'
import type { Ids } from './ids.ts'

export const webhookLimit: SubscriptionLimit = { group: 'webhook', maxCount: 50 }
export const postReceiveLimit: SubscriptionLimit = { group: 'post-receive', maxCount: 5 }

export const sampleContent: SubscriptionContent = {
  limitGroup: 'webhook',
  lane: 'https://one.example',
  events: ['repo:push'],
  isActive: true,
  disabled: null,
  isOrdered: false,
  settings: {
    title: 'A title',
    url: 'https://one.example/hook',
    dialect: 'bitbucket-cloud',
    variant: 'plain',
    skipCertificateVerification: false,
    signing: { legacy: null },
  },
}

export const sampleAttempt: AttemptRecord = {
  outcome: { kind: 'answered', word: 'http.5xx', status: 503, retryAfterMs: null, detail: 'from 192.0.2.1' },
  durationMs: 12,
  phases: { lookUpMs: 2, connectMs: 3, tlsMs: null, firstByteMs: 5 },
  isResent: false,
  certificateVerification: 'verified',
  answerExcerpt: 'Try later',
  requestHeaders: [
    ['User-Agent', 'Bitbucket-Webhooks/2.0'],
    ['Authorization', '[redacted]'],
  ],
}

export const delivered: SettlementNext = { kind: 'final', state: 'delivered', reason: null }

export function newSubscription(
  ids: Ids,
  changes: Partial<SubscriptionContent> = {},
  subject?: SubjectRef,
): NewSubscription {
  return {
    id: ids.next(),
    subject: subject ?? { type: 'repository', id: ids.next() },
    content: { ...sampleContent, ...changes },
  }
}

/** Writes a subscription on a subject of its own unless one is given. */
export async function addSubscription(
  store: StoreHandle,
  ids: Ids,
  changes: Partial<SubscriptionContent> = {},
  subject?: SubjectRef,
): Promise<SubscriptionRecord> {
  const outcome = await store.createSubscription(newSubscription(ids, changes, subject), {
    group: changes.limitGroup ?? 'webhook',
    maxCount: 1_000,
  })
  if (outcome.kind !== 'created')
    throw new Error(`Expected a subscription to be created, got ${outcome.kind}.`)
  return outcome.subscription
}

export type DeliveryChanges = Partial<Omit<NewDelivery, 'id' | 'subscriptionId'>>

export function newDelivery(ids: Ids, subscriptionId: string, changes: DeliveryChanges = {}): NewDelivery {
  return {
    id: ids.next(),
    subscriptionId,
    dialect: 'bitbucket-cloud',
    variant: 'plain',
    part: 1,
    partCount: 1,
    orderKey: null,
    isPing: false,
    delayMs: 0,
    ...changes,
  }
}

/** An event whose deliveries share one body per dialect, variant and part. */
export function newAppend(
  ids: Ids,
  deliveries: readonly NewDelivery[],
  eventId: string = ids.next(),
): AppendRequest {
  const keys = new Map(
    deliveries.map(({ dialect, variant, part }) => [
      `${dialect} ${variant} ${part}`,
      { dialect, variant, part },
    ]),
  )
  return {
    event: { id: eventId, key: 'repo:push', subjectIds: [ids.next()], depth: 0 },
    bodies: Array.from(keys, ([text, key]) => ({
      eventId,
      ...key,
      bytes: new TextEncoder().encode(`${eventId} ${text}`),
    })),
    deliveries,
    skipped: [],
  }
}

/** Appends an event with one delivery to each of the subscriptions, and gives the ids of the deliveries. */
export async function appendTo(
  store: StoreHandle,
  ids: Ids,
  subscriptions: readonly Pick<SubscriptionRecord, 'id'>[],
  changes: DeliveryChanges = {},
): Promise<readonly string[]> {
  const deliveries = subscriptions.map(({ id }) => newDelivery(ids, id, changes))
  await store.append(newAppend(ids, deliveries))
  return deliveries.map(({ id }) => id)
}

/** As {@link appendTo}, for one subscription. */
export async function appendOne(
  store: StoreHandle,
  ids: Ids,
  subscription: Pick<SubscriptionRecord, 'id'>,
  changes: DeliveryChanges = {},
): Promise<string> {
  return single(await appendTo(store, ids, [subscription], changes))
}

export function claimRequest(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    owner: 'contract',
    leaseMs: 30_000,
    maxCount: 1_000,
    maxRetries: 1_000,
    maxRestrained: 1_000,
    defaultRestrainedRoom: 1_000,
    restrainedRoomByLane: new Map(),
    maxPings: 1_000,
    defaultPingRoom: 1_000,
    pingRoomByLane: new Map(),
    maxPerSubscription: 1_000,
    roomBySubscription: new Map(),
    defaultRoom: 1_000,
    roomByLane: new Map(),
    cursor: null,
    only: null,
    ...changes,
  }
}

export function claimWith(store: StoreHandle, changes: Partial<ClaimRequest> = {}): Promise<ClaimAnswer> {
  return store.claim(claimRequest(changes))
}

/** Claims, and gives the ids of what was claimed. */
export async function claimIds(
  store: StoreHandle,
  changes: Partial<ClaimRequest> = {},
): Promise<readonly string[]> {
  return toIds(await claimWith(store, changes))
}

export function toIds(answer: ClaimAnswer): readonly string[] {
  return answer.deliveries.map(({ deliveryId }) => deliveryId)
}

/** Claims exactly one delivery. */
export async function claimOne(
  store: StoreHandle,
  changes: Partial<ClaimRequest> = {},
): Promise<ClaimedDelivery> {
  return single((await claimWith(store, { ...changes, maxCount: 1 })).deliveries)
}

/** Settles a lease after a failed attempt that counts. */
export async function settleOne(
  store: StoreHandle,
  claimed: Pick<ClaimedDelivery, 'token'>,
  next: SettlementNext,
): Promise<string> {
  return single(await store.settle([{ token: claimed.token, attempt: sampleAttempt, isCounted: true, next }]))
}

/** The delivery with this id. */
export async function readDelivery(store: StoreHandle, id: string): Promise<Delivery> {
  return single(await store.getDeliveries([id]))
}

export function single<Item>(items: readonly Item[]): Item {
  const [item, ...rest] = items
  if (item === undefined || rest.length > 0) throw new Error(`Expected exactly one, got ${items.length}.`)
  return item
}
