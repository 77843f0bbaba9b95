import { createHmac } from 'node:crypto'

/**
 * The value of a dialect's signature header: `sha256=` and the HMAC-SHA256 of exactly these bytes, in lower-case hex.
 * @param secret as its user wrote it; its UTF-8 is the key
 */
export function signBody(secret: string, body: Uint8Array | string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
