import type { AttemptOutcome, ClaimedDelivery, Dialect, HeaderPair, SecretSealer } from '@posthorn/core'
import type { SendRequest } from './send/sender.ts'
import { signBody } from './signing/sign-body.ts'

/** What is needed to turn a claimed delivery into a request. */
export interface PrepareContext {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly sealer: SecretSealer
  readonly deadlineMs: number
}

/** A request that can be sent, or the reason on our own side why there is none. */
export type Prepared =
  | { readonly kind: 'ready'; readonly request: SendRequest }
  | { readonly kind: 'fault'; readonly outcome: AttemptOutcome }

/** Tells how many deliveries led to the event of this one, so that a host can end a loop. */
const depthHeader = 'X-Posthorn-Depth'

/** Makes the request of one attempt: the dialect's headers, the secret opened, the bytes signed. */
export async function prepare(delivery: ClaimedDelivery, context: PrepareContext): Promise<Prepared> {
  const { subscription, bytes } = delivery
  const { settings } = subscription.content
  const dialect = context.dialects.get(delivery.body.dialect)
  if (dialect === undefined)
    return fault('local.failed', `no dialect ${delivery.body.dialect} in this emitter`)
  if (bytes === null) return fault('local.body-missing', null)
  const headers: HeaderPair[] = [
    ...dialect.headers({
      eventKey: delivery.eventKey,
      subscriptionId: delivery.subscriptionId,
      deliveryId: delivery.deliveryId,
      attemptNumber: delivery.attemptNumber,
    }),
    [depthHeader, String(delivery.depth)],
  ]
  const { signatureHeader } = dialect.rules
  if (signatureHeader !== null && settings.signing.legacy !== null) {
    const secret = await openSecret(context.sealer, subscription.id, settings.signing.legacy)
    if (secret === null) return fault('local.secret-unreadable', null)
    headers.push([signatureHeader, signBody(secret, bytes)])
  }
  return {
    kind: 'ready',
    request: {
      url: new URL(settings.url),
      headers,
      body: bytes,
      profile: { verifiesCertificates: !settings.skipCertificateVerification },
      deadlineMs: context.deadlineMs,
    },
  }
}

async function openSecret(
  sealer: SecretSealer,
  subscriptionId: string,
  sealed: string,
): Promise<string | null> {
  try {
    return await sealer.open(sealed, { subscriptionId, field: 'signing.legacy' })
  } catch {
    // What went wrong may quote the secret, so the fault says no more than that it happened.
    return null
  }
}

function fault(
  word: 'local.failed' | 'local.body-missing' | 'local.secret-unreadable',
  detail: string | null,
): Prepared {
  return { kind: 'fault', outcome: { kind: 'own-fault', word, detail } }
}
