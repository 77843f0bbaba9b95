import { type Agent, request } from 'undici'
import { deadlineMs } from './delivery-limits.ts'
import { toRequestHeaders } from './to-request-headers.ts'

/**
 * One delivery with undici's `request`: signed, with the headers and the total deadline of Posthorn, its answer read to the end.
 * @throws {Error} unless the answer is a 200
 */
export async function postSigned(dispatcher: Agent, url: string, body: Uint8Array): Promise<void> {
  const cutoff = new AbortController()
  const timer = setTimeout(() => cutoff.abort(), deadlineMs)
  const answer = await request(url, {
    dispatcher,
    method: 'POST',
    headers: toRequestHeaders(body),
    body,
    signal: cutoff.signal,
  })
  await answer.body.arrayBuffer()
  clearTimeout(timer)
  if (answer.statusCode !== 200) throw new Error(`The receiver answered ${answer.statusCode}.`)
}
