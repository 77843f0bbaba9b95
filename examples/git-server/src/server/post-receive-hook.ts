import { text } from 'node:stream/consumers'

/**
 * Git runs this in a repository after it has moved refs, with a line `<before> <after> <ref>` for each. It hands the lines to
 * the server and waits until the event is stored, never for a receiver. Whatever goes wrong, the push stands: the pusher
 * gets one line.
 *
 * The server puts its address, a token and the repository into the environment of every Git process that it starts.
 */
const maxWaitMs = 10_000

try {
  await hand(await text(process.stdin))
} catch (error) {
  console.error(`webhooks: this push was accepted, but no webhook is told of it: ${describe(error)}`)
}

async function hand(lines: string): Promise<void> {
  const { GIT_SERVER_HOOK_URL, GIT_SERVER_HOOK_TOKEN, GIT_SERVER_REPOSITORY, REMOTE_USER } = process.env
  if (GIT_SERVER_HOOK_URL === undefined) throw new Error('it did not come through the Git server')
  const answer = await fetch(GIT_SERVER_HOOK_URL, {
    method: 'POST',
    headers: { authorization: `Bearer ${GIT_SERVER_HOOK_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ repository: GIT_SERVER_REPOSITORY, user: REMOTE_USER, lines }),
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
