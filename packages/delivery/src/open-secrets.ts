import {
  type HeaderPair,
  isPlainUrl,
  readSealedParts,
  type SealedClientCertificate,
  type SealedHeaders,
  type SealedKey,
  type SecretField,
  type SecretSealer,
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
  const parts = readSealedParts(content.settings)
  const open: Open = (sealed, field) =>
    sealer.open(sealed, { subscriptionId: id, field }).catch(() => {
      throw new UnreadableError(field)
    })
  const [url, legacy, standard, headers, authorization, client] = await Promise.all([
    openUrl(content.settings.url, open),
    parts.signing.legacy === null ? null : open(parts.signing.legacy, 'signing.legacy'),
    parts.signing.standard.length === 0 ? [] : openStandard(parts.signing.standard, storeNow, open),
    parts.headers === null ? [] : openHeaders(parts.headers, open),
    parts.auth === null ? null : open(parts.auth.sealed, 'auth'),
    parts.tls === null ? null : openClient(parts.tls, open),
  ])
  return { url, legacy, standard, headers, authorization, client }
}

type Open = (sealed: string, field: SecretField) => Promise<string>

async function openUrl(stored: string, open: Open): Promise<URL> {
  const url = URL.parse(isPlainUrl(stored) ? stored : await open(stored, 'url'))
  // Not `new URL`, whose error holds the text.
  if (url === null) throw new UnreadableError('url')
  return url
}

function openStandard(
  keys: readonly SealedKey[],
  storeNow: number,
  open: Open,
): Promise<readonly StandardSecret[]> {
  const valid = keys.filter(({ validUntil }) => validUntil === null || storeNow < validUntil)
  return Promise.all(
    valid.map(async ({ sealed }) => {
      const secret = await open(sealed, 'signing.standard')
      const key = toStandardWebhooksKey(secret)
      if (key === null) throw new UnreadableError('signing.standard')
      return { secret, key }
    }),
  )
}

async function openHeaders({ sealed }: SealedHeaders, open: Open): Promise<readonly HeaderPair[]> {
  const text = await open(sealed, 'headers')
  try {
    return parsePairs(JSON.parse(text))
  } catch {
    throw new UnreadableError('headers')
  }
}

function parsePairs(value: unknown): readonly HeaderPair[] {
  const pairs: readonly unknown[] = Array.isArray(value) ? value : []
  return pairs.flatMap((pair) => {
    const [name, text]: readonly unknown[] = Array.isArray(pair) ? pair : []
    return typeof name === 'string' && typeof text === 'string' ? [[name, text] as const] : []
  })
}

async function openClient(
  { certificate, sealed }: SealedClientCertificate,
  open: Open,
): Promise<OpenedSecrets['client']> {
  return { certificate, key: await open(sealed, 'tls.key') }
}
