import {
  type AttemptOutcome,
  type ClaimedDelivery,
  type Dialect,
  type HeaderPair,
  type SecretSealer,
  type SubscriptionSettings,
  toComparedHeaderName,
} from '@posthorn/core'
import { listSecrets } from './list-secrets.ts'
import { type OpenedSecrets, openSecrets, UnreadableError } from './open-secrets.ts'
import { redacted } from './redact.ts'
import type { SecurityProfile } from './send/security-profile.ts'
import type { SendRequest } from './send/sender.ts'
import { signBody } from './signing/sign-body.ts'
import { type SignedMessage, signStandardWebhook } from './signing/sign-standard-webhook.ts'
import { AbortedError, untilAborted } from './timing/until-aborted.ts'

/** What is needed to turn a claimed delivery into a request. */
export interface PrepareContext {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly sealer: SecretSealer
  readonly deadlineMs: number
  /** Epoch ms as receivers know them, for timestamps. */
  readonly now: () => number
}

/** A request that can be sent, or the reason on our own side why there is none. */
export type Prepared =
  | {
      readonly kind: 'ready'
      readonly request: SendRequest
      /** The headers of the request as history shows them. */
      readonly shownHeaders: readonly HeaderPair[]
      /** What no record may show of the request, even if the answer repeats it. */
      readonly listSecrets: () => readonly string[]
    }
  | { readonly kind: 'fault'; readonly outcome: AttemptOutcome }

/** Tells how many deliveries led to the event of this one, so that a host can end a loop. */
const depthHeader = 'X-Posthorn-Depth'

/**
 * Makes the request of one attempt: secrets opened, the dialect's headers, the bytes signed, the subscription's own headers.
 * @param storeNow a reading of the store's clock, which tells which keys are still valid
 * @param stop ends the wait for the functions that open secrets
 */
export async function prepare(
  delivery: ClaimedDelivery,
  context: PrepareContext,
  storeNow: number,
  stop: AbortSignal,
): Promise<Prepared> {
  const { subscription, bytes } = delivery
  const { settings } = subscription.content
  if (subscription.isDamaged === true)
    return fault('local.failed', 'the subscription is damaged in the store')
  const dialect = context.dialects.get(delivery.body.dialect)
  if (dialect === undefined)
    return fault('local.failed', `no dialect ${delivery.body.dialect} in this emitter`)
  if (bytes === null) return fault('local.body-missing', null)
  try {
    const secrets = await untilAborted(openSecrets(subscription, context.sealer, storeNow), stop)
    const plain = toPlainHeaders(delivery, dialect)
    const message = { id: delivery.deliveryId, timestamp: toSeconds(context.now()), body: bytes }
    if (secrets.standard.length > 0) {
      plain.push(['webhook-id', message.id], ['webhook-timestamp', message.timestamp])
    }
    const hidden = toHiddenHeaders(plain, message, dialect, secrets)
    return {
      kind: 'ready',
      request: {
        url: secrets.url,
        headers: [...plain, ...hidden],
        body: bytes,
        profile: toProfile(settings, secrets),
        deadlineMs: context.deadlineMs,
      },
      shownHeaders: [...plain, ...hidden.map(([name]): HeaderPair => [name, redacted])],
      listSecrets: () => listSecrets(secrets, hidden),
    }
  } catch (error) {
    if (error instanceof AbortedError) {
      return { kind: 'fault', outcome: { kind: 'stopped', word: 'stopped', detail: null } }
    }
    if (error instanceof UnreadableError) return fault('local.secret-unreadable', error.message)
    throw error
  }
}

function toPlainHeaders(delivery: ClaimedDelivery, dialect: Dialect): HeaderPair[] {
  const { eventKey, subscriptionId, deliveryId, attemptNumber, depth } = delivery
  return [
    ...dialect.headers({ eventKey, subscriptionId, deliveryId, attemptNumber }),
    [depthHeader, String(depth)],
  ]
}

/** The headers whose values history does not show. */
function toHiddenHeaders(
  plain: readonly HeaderPair[],
  message: SignedMessage & { readonly body: Uint8Array },
  { rules }: Dialect,
  { legacy, standard, headers, authorization }: OpenedSecrets,
): readonly HeaderPair[] {
  const hidden: HeaderPair[] = []
  if (rules.signatureHeader !== null && legacy !== null) {
    hidden.push([rules.signatureHeader, signBody(legacy, message.body)])
  }
  if (standard.length > 0) {
    const signatures = standard.map(({ key }) => signStandardWebhook(key, message))
    hidden.push(['webhook-signature', signatures.join(' ')])
  }
  if (headers.length > 0) {
    // What a dialect sets may have grown since these were checked; one name goes out once.
    const taken = new Set([...plain, ...hidden].map(([name]) => toComparedHeaderName(name)))
    hidden.push(...headers.filter(([name]) => !taken.has(toComparedHeaderName(name))))
  }
  if (authorization !== null) hidden.push(['Authorization', authorization])
  return hidden
}

/** Whole seconds, as Standard Webhooks has it. */
function toSeconds(now: number): string {
  return String(Math.floor(now / 1_000))
}

function toProfile(settings: SubscriptionSettings, { client }: OpenedSecrets): SecurityProfile {
  const verifiesCertificates = !settings.skipCertificateVerification
  return client === null ? { verifiesCertificates } : { verifiesCertificates, client }
}

function fault(
  word: 'local.failed' | 'local.body-missing' | 'local.secret-unreadable',
  detail: string | null,
): Prepared {
  return { kind: 'fault', outcome: { kind: 'own-fault', word, detail } }
}
