import type { Change, ParsedSubscription, SealedParts, SecretField, SecretSealer } from '@posthorn/core'
import { replaceStandardKeys } from './standard-keys.ts'

export interface SealContext {
  readonly sealer: SecretSealer
  /** Reads the store's clock. */
  readonly storeNow: () => Promise<number>
}

/** Seals what an input sets, keeps what it keeps, and leaves out what it removes. */
export async function sealChanges(
  parsed: ParsedSubscription,
  id: string,
  current: SealedParts,
  context: SealContext,
): Promise<SealedParts> {
  const seal = (secret: string, field: SecretField): Promise<string> =>
    context.sealer.seal(secret, { subscriptionId: id, field })
  const { signing } = current
  return {
    signing: {
      legacy: await changed(parsed.secret, signing.legacy, null, (secret) => seal(secret, 'signing.legacy')),
      standard: await changed(parsed.standardWebhooks, signing.standard, [], (replacement) =>
        replaceStandardKeys(replacement, id, signing.standard, context),
      ),
    },
    headers: await changed(parsed.headers, current.headers, null, async (headers) => ({
      names: headers.map(([name]) => name),
      sealed: await seal(JSON.stringify(headers), 'headers'),
    })),
    auth: await changed(parsed.auth, current.auth, null, async ({ shown, value }) => ({
      shown,
      sealed: await seal(value, 'auth'),
    })),
    tls: await changed(parsed.tls, current.tls, null, async ({ certificate, key }) => ({
      certificate,
      sealed: await seal(key, 'tls.key'),
    })),
  }
}

async function changed<Value, Sealed>(
  change: Change<Value>,
  stays: Sealed,
  none: Sealed,
  seal: (value: Value) => Promise<Sealed>,
): Promise<Sealed> {
  switch (change.kind) {
    case 'keep':
      return stays
    case 'remove':
      return none
    case 'set':
      return seal(change.value)
  }
}
