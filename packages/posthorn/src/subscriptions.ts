import {
  createUuidV7,
  type Dialect,
  healthySubscription,
  InvalidInputError,
  LimitReachedError,
  NotFoundError,
  noSealedParts,
  type ParsedSubscription,
  parseSubjectRef,
  parseSubscriptionDraft,
  parseSubscriptionPatch,
  parseWebhookUrl,
  readSealedParts,
  readStoreClock,
  type SecretSealer,
  StateError,
  type StoreHandle,
  type SubscriptionLimit,
  type SubscriptionRecord,
  subscriptionScope,
  toShownUrl,
} from '@posthorn/core'
import { type AddressPolicy, explainTarget, type Resolver } from '@posthorn/delivery'
import type { SubscriptionsFace } from './emitter.ts'
import type { Listeners } from './listeners.ts'
import { parseId } from './parse-id.ts'
import { sealChanges } from './seal-changes.ts'
import { openUrl, readCurrentUrl, toContent, toCurrent } from './subscription-content.ts'
import { toFaultySubscription, toSubscription } from './to-subscription.ts'

export interface SubscriptionsContext<Transaction> {
  readonly store: StoreHandle<Transaction>
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly addressPolicy: AddressPolicy
  readonly resolver: Resolver
  /** The time for a look-up. */
  readonly deadlineMs: number
  readonly sealer: SecretSealer
  readonly listeners: Listeners
  readonly now: () => number
}

/** Updates of one subscription that may come in between before an update is given up. */
const maxConflicts = 20

/** The subscriptions of an emitter: every rule is checked here, every limit in the store. */
export function createSubscriptions<Transaction>(
  context: SubscriptionsContext<Transaction>,
): SubscriptionsFace {
  const { store, dialects, listeners, sealer } = context
  const sealing = { sealer, storeNow: () => readStoreClock(store) }
  const read = async (record: SubscriptionRecord) => toSubscription(record, await openUrl(record, sealer))
  const readFaulty = (record: SubscriptionRecord) =>
    read(record).catch((error: unknown) => toFaultySubscription(record, error))
  const sealUrl = ({ url }: ParsedSubscription, id: string): Promise<string> =>
    sealer.seal(url.text, { subscriptionId: id, field: 'url' })

  return {
    async create(draft) {
      const parsed = parseSubscriptionDraft(draft, dialects)
      await checkAddress(parsed, context)
      const id = createUuidV7(context.now())
      const sealed = await sealChanges(parsed, id, noSealedParts, sealing)
      const content = toContent(parsed, await sealUrl(parsed, id), sealed, null)
      const limit = toLimit(parsed)
      const outcome = await store.createSubscription({ id, subject: parsed.subject, content }, limit)
      if (outcome.kind === 'limit-reached') throw limitReached(parsed, limit, outcome.count)
      warnIfUnverified(outcome.subscription, parsed, listeners)
      return toSubscription(outcome.subscription, parsed.url.text)
    },

    async get(id) {
      const [record] = await store.getSubscriptions([parseId('id', id)])
      return record === undefined ? null : read(record)
    },

    async list(subject) {
      const records = await store.listSubscriptions(parseSubjectRef(subject))
      return Promise.all(records.map(readFaulty))
    },

    async update(id, patch) {
      for (let conflict = 0; conflict < maxConflicts; conflict += 1) {
        const [record] = await store.getSubscriptions([parseId('id', id)])
        if (record === undefined) throw notFound(id)
        const { settings, disabled } = record.content
        const known = await readCurrentUrl(record, patch, sealer)
        const current = toCurrent(record, known ?? parseWebhookUrl(patch.url), dialects)
        const parsed = parseSubscriptionPatch(patch, current, dialects)
        const isMoved = parsed.url.text !== known?.text
        if (isMoved) await checkAddress(parsed, context)
        const sealed = await sealChanges(parsed, id, readSealedParts(settings), sealing)
        const url = parsed.url === current.url ? settings.url : await sealUrl(parsed, id)
        const content = toContent(parsed, url, sealed, patch.active === true ? null : disabled)
        const limit = toLimit(parsed)
        const outcome = await store.updateSubscription(id, record.version, content, limit)
        if (outcome.kind === 'version-conflict') continue
        if (outcome.kind === 'not-found') throw notFound(id)
        if (outcome.kind === 'limit-reached') throw limitReached(parsed, limit, outcome.count)
        if (isMoved || patch.active === true) await forgetHealth(store, id)
        if (!current.skipCertificateVerification) warnIfUnverified(outcome.subscription, parsed, listeners)
        return toSubscription(outcome.subscription, parsed.url.text)
      }
      throw new StateError({
        code: 'subscription.version-conflict',
        message: `The subscription ${id} was changed ${maxConflicts} times by others while this update tried to.`,
      })
    },

    async delete(id) {
      const [deleted] = await store.deleteSubscriptions([parseId('id', id)])
      if (deleted !== undefined) tellCancelled(deleted.id, deleted.cancelledCount, listeners)
      return deleted !== undefined
    },

    async deleteAll(subject) {
      const records = await store.listSubscriptions(parseSubjectRef(subject))
      const deleted = await store.deleteSubscriptions(records.map(({ id }) => id))
      for (const { id, cancelledCount } of deleted) tellCancelled(id, cancelledCount, listeners)
      return deleted.length
    },
  }
}

/** What a literal address is refused for may be told: its user wrote it. What a name leads to may not. */
async function checkAddress<Transaction>(
  { url }: ParsedSubscription,
  { addressPolicy, resolver, deadlineMs }: SubscriptionsContext<Transaction>,
): Promise<void> {
  const verdict = addressPolicy.judgeUrl(url.target)
  if (verdict.kind === 'refused') throw urlForbidden(verdict.reason)
  if (verdict.kind === 'allowed' || !addressPolicy.checksNamesOnCreate) return
  const signal = AbortSignal.timeout(deadlineMs)
  const { kind } = await explainTarget(addressPolicy, resolver, url.target, signal)
  if (kind === 'refused') throw urlForbidden('its name leads to an address that is not allowed')
}

function urlForbidden(reason: string): InvalidInputError {
  return new InvalidInputError({
    code: 'subscription.url-forbidden',
    field: 'url',
    message: `The address policy refuses \`url\`: ${reason}. The operator can allow it with \`addresses\`.`,
  })
}

/** Another URL, or a user who says that all is well, begins with a clean slate. */
async function forgetHealth<Transaction>(store: StoreHandle<Transaction>, id: string): Promise<void> {
  const scope = subscriptionScope(id)
  let record = await store.readHealth(scope)
  for (let race = 0; record !== null && race < maxConflicts; race += 1) {
    const clean = { parkForMs: null, maxLeasedCount: null, state: healthySubscription }
    const outcome = await store.compareAndSetHealth(scope, record.version, clean)
    if (outcome.kind === 'set') return
    record = outcome.record
  }
}

function warnIfUnverified(
  { id, version, subject, content }: SubscriptionRecord,
  { url }: ParsedSubscription,
  listeners: Listeners,
): void {
  const { title, dialect, skipCertificateVerification } = content.settings
  if (!skipCertificateVerification) return
  const subscription = { id, version, subject, title, dialect, target: toShownUrl(url.target) }
  listeners.tell('warning', { kind: 'certificate-verification-skipped', subscription })
}

function tellCancelled(subscriptionId: string, count: number, listeners: Listeners): void {
  if (count > 0)
    listeners.tell('cancelled', { subscriptionId, deliveryId: null, count, reason: 'subscription-deleted' })
}

function toLimit({ dialect }: ParsedSubscription): SubscriptionLimit {
  return { group: dialect.rules.limitGroup, maxCount: dialect.rules.maxPerSubject }
}

function limitReached(
  { subject, dialect }: ParsedSubscription,
  { maxCount }: SubscriptionLimit,
  count: number,
) {
  const what = dialect.rules.limitGroup === 'post-receive' ? 'Post-Receive URLs' : 'webhooks'
  return new LimitReachedError({
    limit: maxCount,
    count,
    message: `The ${subject.type} ${subject.id} has ${count} ${what} of ${maxCount} allowed. Delete one first.`,
  })
}

function notFound(id: string): NotFoundError {
  return new NotFoundError({
    code: 'subscription.not-found',
    id,
    message: `There is no subscription with the id ${id}.`,
  })
}
