import { createHmac } from 'node:crypto'

/** What a signature of Standard Webhooks covers. */
export interface SignedMessage {
  readonly id: string
  /** Whole seconds since the epoch, in decimal. */
  readonly timestamp: string
  readonly body: Uint8Array | string
}

/**
 * One signature of the header `webhook-signature`: `v1,` and the base64 of the HMAC-SHA256 of id, timestamp and body.
 * Source: the specification of Standard Webhooks, "Signature scheme".
 */
export function signStandardWebhook(key: Uint8Array, { id, timestamp, body }: SignedMessage): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`
}
