import {
  type CurrentSubscription,
  type Dialect,
  InvalidInputError,
  type ParsedSubscription,
  parseWebhookUrl,
  type SubscriptionContent,
  type SubscriptionRecord,
} from '@posthorn/core'

/**
 * What the store keeps of a configuration.
 * @param legacy the sealed secret of the dialect's own signature, or null
 */
export function toContent(
  parsed: ParsedSubscription,
  legacy: string | null,
  disabled: SubscriptionContent['disabled'],
): SubscriptionContent {
  return {
    limitGroup: parsed.dialect.rules.limitGroup,
    lane: parsed.url.target.origin,
    events: parsed.events,
    isActive: parsed.active,
    disabled,
    isOrdered: parsed.order === 'repository',
    settings: {
      title: parsed.title,
      url: parsed.url.text,
      dialect: parsed.dialect.name,
      variant: parsed.dialect.variants[0] ?? 'default',
      skipCertificateVerification: parsed.skipCertificateVerification,
      signing: { legacy },
    },
  }
}

/**
 * A stored subscription as an update starts from it.
 * @throws {InvalidInputError} `subscription.dialect-unknown` if this emitter lacks its dialect
 */
export function toCurrent(
  record: SubscriptionRecord,
  dialects: ReadonlyMap<string, Dialect>,
): CurrentSubscription {
  const { content, subject } = record
  const dialect = dialects.get(content.settings.dialect)
  if (dialect === undefined) {
    throw new InvalidInputError({
      code: 'subscription.dialect-unknown',
      field: 'dialect',
      message: `The subscription ${record.id} has the dialect ${content.settings.dialect}, which this emitter does not know.`,
    })
  }
  return {
    subject,
    dialect,
    title: content.settings.title,
    url: parseWebhookUrl(content.settings.url),
    events: content.events,
    active: content.isActive,
    skipCertificateVerification: content.settings.skipCertificateVerification,
    hasSecret: content.settings.signing.legacy !== null,
    order: content.isOrdered ? 'repository' : 'none',
  }
}
