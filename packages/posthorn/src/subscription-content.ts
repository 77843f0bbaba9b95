import {
  type CurrentSubscription,
  type Dialect,
  damagedSubscription,
  InvalidInputError,
  isPlainObject,
  isPlainUrl,
  type ParsedSubscription,
  PosthornError,
  parseOpenedUrl,
  parseWebhookUrl,
  readSealedParts,
  type SealedParts,
  type SecretSealer,
  type SubscriptionContent,
  type SubscriptionRecord,
  unreadableSecret,
  type WebhookUrl,
} from '@posthorn/core'

/**
 * What the store keeps of a configuration.
 * @param url the sealed URL
 */
export function toContent(
  parsed: ParsedSubscription,
  url: string,
  sealed: SealedParts,
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
      url,
      dialect: parsed.dialect.name,
      variant: parsed.dialect.variants[0] ?? 'default',
      skipCertificateVerification: parsed.skipCertificateVerification,
      filter: parsed.filter,
      ...sealed,
    },
  }
}

/** The URL of a stored subscription. @throws {PosthornError} `secret.unreadable`, `store.corrupt` */
export async function openUrl(
  { id, content, isDamaged }: SubscriptionRecord,
  sealer: SecretSealer,
): Promise<string> {
  if (isDamaged === true) throw damagedSubscription(id)
  const { settings, lane } = content
  if (isPlainUrl(settings.url)) return settings.url
  const place = { subscriptionId: id, field: 'url' } as const
  const url = await sealer.open(settings.url, place)
  try {
    parseOpenedUrl(url, lane)
  } catch {
    throw unreadableSecret(place)
  }
  return url
}

/**
 * The URL that an update starts from; null if it cannot be read, or no rule of today would take it, and the update brings another:
 * what is wrong with the old one is then mended.
 * @throws {PosthornError} `secret.unreadable`, `store.corrupt`, `subscription.url-invalid`
 */
export async function readCurrentUrl(
  record: SubscriptionRecord,
  patch: unknown,
  sealer: SecretSealer,
): Promise<WebhookUrl | null> {
  try {
    return parseWebhookUrl(await openUrl(record, sealer))
  } catch (error) {
    const code = error instanceof PosthornError ? error.code : null
    const isMended = code === 'secret.unreadable' || code === 'subscription.url-invalid'
    if (isMended && isPlainObject(patch) && 'url' in patch && patch.url !== undefined) return null
    throw error
  }
}

/**
 * A stored subscription as an update starts from it.
 * @param url its URL, or the one that comes in its place
 * @throws {InvalidInputError} `subscription.dialect-unknown` if this emitter lacks its dialect
 */
export function toCurrent(
  record: SubscriptionRecord,
  url: WebhookUrl,
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
  const sealed = readSealedParts(content.settings)
  return {
    subject,
    dialect,
    title: content.settings.title,
    url,
    events: content.events,
    active: content.isActive,
    skipCertificateVerification: content.settings.skipCertificateVerification,
    hasSecret: sealed.signing.legacy !== null,
    headerNames: sealed.headers?.names ?? [],
    order: content.isOrdered ? 'repository' : 'none',
    filter: content.settings.filter ?? null,
  }
}
