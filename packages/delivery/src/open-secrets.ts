import {
  type HeaderPair,
  isPlainUrl,
  parseOpenedAuthorization,
  parseOpenedClientKey,
  parseOpenedHeaders,
  parseOpenedSecret,
  parseOpenedUrl,
  readSealedParts,
  type SealedClientCertificate,
  type SealedKey,
  type SecretField,
  type SecretPlace,
  type SecretSealer,
  type SubscriptionContent,
  type SubscriptionRecord,
  toStandardWebhooksKey,
} from '@posthorn/core'

/** What is sealed in a subscription, opened for one attempt. Nothing keeps it longer. */
export interface OpenedSecrets {
  readonly url: URL
  /** The key of the dialect's own signature. */
  readonly legacy: string | null
  /** The secrets of Standard Webhooks that sign now, the newest first. */
  readonly standard: readonly StandardSecret[]
  readonly headers: readonly HeaderPair[]
  /** The value of the header `Authorization`. */
  readonly authorization: string | null
  readonly client: { readonly certificate: string; readonly key: string } | null
}

export interface StandardSecret {
  readonly secret: string
  readonly key: Uint8Array
}

/** Thrown when a part could not be opened, or is not what it should be. */
export class UnreadableError extends Error {
  readonly field: SecretField

  constructor(field: SecretField) {
    super(`${field} could not be opened`)
    this.field = field
  }
}

/**
 * Opens all that a request needs.
 * @param storeNow tells which keys are still valid
 * @throws {UnreadableError} naming the part; what went wrong may quote the secret, so it says no more
 */
export async function openSecrets(
  { id, content }: SubscriptionRecord,
  sealer: SecretSealer,
  storeNow: number,
): Promise<OpenedSecrets> {
  const { signing, headers, auth, tls } = readSealedParts(content.settings)
  const open: Open = (sealed, field, parse) => openPart(sealer, sealed, { subscriptionId: id, field }, parse)
  const [url, legacy, standard, pairs, authorization, client] = await Promise.all([
    openUrl(content, open),
    signing.legacy === null ? null : open(signing.legacy, 'signing.legacy', parseOpenedSecret),
    Promise.all(
      signing.standard.filter((key) => isValid(key, storeNow)).map((key) => openStandard(key, open)),
    ),
    headers === null
      ? []
      : open(headers.sealed, 'headers', (text) => parseOpenedHeaders(text, headers.names)),
    auth === null ? null : open(auth.sealed, 'auth', (text) => parseOpenedAuthorization(text, auth.shown)),
    tls === null ? null : openClient(tls, open),
  ])
  return { url, legacy, standard, headers: pairs, authorization, client }
}

type Open = <Part>(sealed: string, field: SecretField, parse: (text: string) => Part) => Promise<Part>

/** Whatever goes wrong may quote the secret. */
async function openPart<Part>(
  sealer: SecretSealer,
  sealed: string,
  place: SecretPlace,
  parse: (text: string) => Part,
): Promise<Part> {
  try {
    return parse(await sealer.open(sealed, place))
  } catch {
    throw new UnreadableError(place.field)
  }
}

async function openUrl({ settings, lane }: SubscriptionContent, open: Open): Promise<URL> {
  if (!isPlainUrl(settings.url)) return open(settings.url, 'url', (text) => parseOpenedUrl(text, lane))
  const url = URL.parse(settings.url)
  // Not `new URL`, whose error holds the text.
  if (url === null) throw new UnreadableError('url')
  return url
}

function isValid({ validUntil }: SealedKey, storeNow: number): boolean {
  return validUntil === null || storeNow < validUntil
}

function openStandard({ sealed }: SealedKey, open: Open): Promise<StandardSecret> {
  return open(sealed, 'signing.standard', (secret) => {
    const key = toStandardWebhooksKey(secret)
    if (key === null) throw new UnreadableError('signing.standard')
    return { secret, key }
  })
}

async function openClient(
  { certificate, sealed }: SealedClientCertificate,
  open: Open,
): Promise<OpenedSecrets['client']> {
  const key = await open(sealed, 'tls.key', (text) => parseOpenedClientKey(text, certificate))
  return { certificate, key }
}
