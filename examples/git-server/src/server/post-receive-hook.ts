import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { writeSpoolFile } from './spool-file.ts'

/**
 * Git runs this in a repository after it has moved refs, with a line `<before> <after> <ref>` for each. It puts the lines into the spool
 * under an id of their own, tells the server of them and waits until the event is stored, never for a receiver. Then the server
 * removes the file; if it is down or fails, the file is there when it starts again. Whatever goes wrong, the push stands: the
 * pusher gets one line.
 *
 * The server puts its address, a token, the spool and the repository into the environment of every Git process that it starts.
 */
const maxWaitMs = 10_000

const { GIT_SERVER_HOOK_URL, GIT_SERVER_HOOK_TOKEN, GIT_SERVER_SPOOL, GIT_SERVER_REPOSITORY, REMOTE_USER } =
  process.env
const pushId = `${Date.now()}-${randomUUID()}`
let consequence = 'no webhook is told of it'

try {
  await spool(await text(process.stdin))
  consequence = 'webhooks are told of it later'
  await tell()
} catch (error) {
  console.error(`webhooks: this push was accepted, but ${consequence}: ${describe(error)}`)
}

async function spool(lines: string): Promise<void> {
  if (GIT_SERVER_SPOOL === undefined) throw new Error('it did not come through the Git server')
  const report = { repository: GIT_SERVER_REPOSITORY, user: REMOTE_USER, lines }
  await writeSpoolFile(GIT_SERVER_SPOOL, pushId, JSON.stringify(report))
}

async function tell(): Promise<void> {
  if (GIT_SERVER_HOOK_URL === undefined) throw new Error('it did not come through the Git server')
  const answer = await fetch(GIT_SERVER_HOOK_URL, {
    method: 'POST',
    headers: { authorization: `Bearer ${GIT_SERVER_HOOK_TOKEN}`, 'content-type': 'text/plain' },
    body: pushId,
    signal: AbortSignal.timeout(maxWaitMs),
  })
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `the server did not answer within ${maxWaitMs / 1_000} s`
  const { cause } = error
  if (cause instanceof Error && 'code' in cause) return `the server cannot be reached (${String(cause.code)})`
  return 'code' in error ? `the spool cannot be written (${String(error.code)})` : error.message
}
