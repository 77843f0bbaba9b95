import type { Subscription, SubscriptionRecord } from '@posthorn/core'

/** A stored subscription as its owner may read it: without its secrets. */
export function toSubscription({
  id,
  version,
  subject,
  content,
  createdAt,
  updatedAt,
}: SubscriptionRecord): Subscription {
  const { settings } = content
  return {
    id,
    version,
    subject,
    title: settings.title,
    url: settings.url,
    events: content.events,
    dialect: settings.dialect,
    active: content.isActive,
    disabled: content.disabled,
    skipCertificateVerification: settings.skipCertificateVerification,
    hasSecret: settings.signing.legacy !== null,
    order: content.isOrdered ? 'repository' : 'none',
    createdAt,
    updatedAt,
  }
}
