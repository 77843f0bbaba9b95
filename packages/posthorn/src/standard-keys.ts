import type { ParsedStandardWebhooks, SealedKey } from '@posthorn/core'
import type { SealContext } from './seal-changes.ts'

/**
 * The keys of Standard Webhooks after a secret is set: the new one, and the one that was the newest until its time is over. A
 * secret that is set again changes nothing, so that an update whose answer was lost can be made again.
 * @throws {PosthornError} `secret.unreadable` if the secret to be kept cannot be opened; with `keepPreviousMs: 0` it need not be
 */
export async function replaceStandardKeys(
  { secret, keepPreviousMs }: ParsedStandardWebhooks,
  subscriptionId: string,
  [newest, ...others]: readonly SealedKey[],
  { sealer, storeNow }: SealContext,
): Promise<readonly SealedKey[]> {
  const place = { subscriptionId, field: 'signing.standard' } as const
  const isKept = newest !== undefined && keepPreviousMs > 0
  if (isKept && (await sealer.open(newest.sealed, place)) === secret) return [newest, ...others]
  const replacement: SealedKey = { sealed: await sealer.seal(secret, place), validUntil: null }
  return isKept
    ? [replacement, { sealed: newest.sealed, validUntil: (await storeNow()) + keepPreviousMs }]
    : [replacement]
}
