import { createHmac } from 'node:crypto'
import { secret } from '../fixtures/push.ts'
import type { ReceivedRequest } from './request-reader.ts'

export function isSignedRight({ signature, body }: ReceivedRequest): boolean {
  return signature === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
