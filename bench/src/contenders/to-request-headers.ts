import { createHmac, randomUUID } from 'node:crypto'
import { secret } from '../fixtures/push.ts'

const subscriptionId = randomUUID()

/** The headers of a delivery as Posthorn sends them, for those who do without it: a fresh id, and the bytes signed. */
export function toRequestHeaders(body: Uint8Array): Record<string, string> {
  return {
    'User-Agent': 'Bitbucket-Webhooks/2.0',
    'Content-Type': 'application/json',
    'X-Event-Key': 'repo:push',
    'X-Hook-UUID': subscriptionId,
    'X-Request-UUID': randomUUID(),
    'X-Attempt-Number': '1',
    'X-Posthorn-Depth': '0',
    'X-Hub-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
}
