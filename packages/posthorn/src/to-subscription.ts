import {
  PosthornError,
  readSealedParts,
  type SealedParts,
  type Subscription,
  type SubscriptionRecord,
  type SubscriptionStandardWebhooks,
} from '@posthorn/core'

/**
 * A stored subscription as its owner may read it: without its secrets.
 * @param url the opened URL
 */
export function toSubscription(
  { id, version, subject, content, createdAt, updatedAt }: SubscriptionRecord,
  url: string,
): Subscription {
  const { settings } = content
  const { signing, headers, auth, tls } = readSealedParts(settings)
  return {
    id,
    version,
    subject,
    title: settings.title,
    url,
    events: content.events,
    dialect: settings.dialect,
    active: content.isActive,
    disabled: content.disabled,
    skipCertificateVerification: settings.skipCertificateVerification,
    hasSecret: signing.legacy !== null,
    standardWebhooks: toStandardWebhooks(signing.standard),
    headerNames: headers?.names ?? [],
    auth: auth?.shown ?? null,
    tls: tls === null ? null : { certificate: tls.certificate },
    order: content.isOrdered ? 'repository' : 'none',
    filter: settings.filter ?? null,
    createdAt,
    updatedAt,
  }
}

/**
 * A stored subscription whose URL cannot be read, as far as the rest of it can: in a list of many it must be seen, so that it can be
 * deleted, and must not hide the others.
 * @throws what was thrown, if it says nothing of this one subscription
 */
export function toFaultySubscription(record: SubscriptionRecord, error: unknown): Subscription {
  const code = error instanceof PosthornError ? error.code : null
  if (code !== 'secret.unreadable' && code !== 'store.corrupt') throw error
  return { ...toSubscription(record, ''), fault: code }
}

function toStandardWebhooks([
  newest,
  previous,
]: SealedParts['signing']['standard']): SubscriptionStandardWebhooks | null {
  return newest === undefined ? null : { previousUntil: previous?.validUntil ?? null }
}
