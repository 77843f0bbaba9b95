import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { writeSpoolFile } from './spool-file.ts'

/**
 * Git runs this in a repository after it has moved refs, with a line `<before> <after> <ref>` for each. It puts the lines into the spool
 * under an id of their own, tells the server of them and waits until the event is stored, never for a receiver. Then the server
 * removes the file; if it is down or fails, the file is there when it starts again. If the spool cannot be written, the server
 * gets the lines themselves. Whatever goes wrong, the push stands: the pusher gets one line.
 *
 * The server puts its address, a token, the spool and the repository into the environment of every Git process that it starts.
 */
const maxWaitMs = 10_000

const { GIT_SERVER_HOOK_URL, GIT_SERVER_HOOK_TOKEN, GIT_SERVER_SPOOL, GIT_SERVER_REPOSITORY, REMOTE_USER } =
  process.env
const pushId = `${Date.now()}-${randomUUID()}`
let consequence = 'no webhook is told of it'

try {
  if (GIT_SERVER_HOOK_URL === undefined || GIT_SERVER_SPOOL === undefined) {
    throw new Error('it did not come through the Git server')
  }
  const lines = await text(process.stdin)
  const report = JSON.stringify({ repository: GIT_SERVER_REPOSITORY, user: REMOTE_USER, lines })
  const isSpooled = await writeSpoolFile(GIT_SERVER_SPOOL, pushId, report).then(
    () => true,
    () => false,
  )
  consequence = isSpooled ? 'webhooks are told of it later' : 'webhooks may not be told of it'
  await tell(GIT_SERVER_HOOK_URL, isSpooled ? pushId : `${pushId}\n${report}`)
} catch (error) {
  console.error(`webhooks: this push was accepted, but ${consequence}: ${describe(error)}`)
}

async function tell(url: string, body: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${GIT_SERVER_HOOK_TOKEN}`, 'content-type': 'text/plain' },
    body,
    signal: AbortSignal.timeout(maxWaitMs),
  })
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `the server did not answer within ${maxWaitMs / 1_000} s`
  const { cause } = error
  return cause instanceof Error && 'code' in cause
    ? `the server cannot be reached (${String(cause.code)})`
    : error.message
}
