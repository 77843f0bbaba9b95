import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from './listen-on-loopback.ts'
import { type PushReport, parsePushReport } from './push-report.ts'
import { readText } from './read-text.ts'

export interface HookEndpointOptions {
  /** Called for each push; the pusher waits until it resolves, for up to 10 s. */
  readonly onPush: (push: PushReport) => Promise<void>
  /** Told of what went wrong; the pusher reads only that something did. */
  readonly onError: (error: unknown) => void
}

/** Where `post-receive` hooks report. */
export interface HookEndpoint {
  /** What a hook needs to know, for the environment of Git processes. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** A push of some 400,000 refs. */
const maxReportBytes = 64 * 1024 * 1024

/** Listens on a port of its own, on loopback only; a random token keeps out every other program of this machine. */
export async function createHookEndpoint(options: HookEndpointOptions): Promise<HookEndpoint> {
  const token = randomBytes(32).toString('base64url')
  const server = createServer((request, response) => {
    void receive(request, response, token, options)
  })
  const listening = await listenOnLoopback(server)
  return {
    environment: { GIT_SERVER_HOOK_URL: listening.url, GIT_SERVER_HOOK_TOKEN: token },
    close: () => listening.close(),
  }
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  { onPush, onError }: HookEndpointOptions,
): Promise<void> {
  try {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      response.writeHead(401).end()
      return
    }
    await onPush(parsePushReport(await readText(request, maxReportBytes)))
    response.writeHead(204).end()
  } catch (error) {
    onError(error)
    response.writeHead(500).end()
  }
}

/** Compares in a time that does not tell where two texts differ. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}
