import { randomBytes } from 'node:crypto'

/** A new secret for `standardWebhooks`: `whsec_` and the base64 of 32 random bytes. */
export function createStandardWebhooksSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
