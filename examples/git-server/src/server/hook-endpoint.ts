import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from './listen-on-loopback.ts'
import type { PushReport } from './push-report.ts'
import { createPushSpool, type PushSpool } from './push-spool.ts'
import { readText } from './read-text.ts'

export interface HookEndpointOptions {
  /** Where pushes wait until `onPush` has resolved. To outlive a restart it must be the same folder then. */
  readonly spoolFolder: string
  /** Called for each push, perhaps twice; the pusher waits until it resolves, for up to 10 s. */
  readonly onPush: (push: PushReport) => Promise<void>
  /** Told of what went wrong; the pusher reads only that something did. */
  readonly onError: (error: unknown) => void
  /** How often the spool is looked into. @default 60_000 */
  readonly lookAgainAfterMs?: number
}

/** Where `post-receive` hooks report. */
export interface HookEndpoint {
  /** What a hook needs to know, for the environment of Git processes. */
  readonly environment: Readonly<Record<string, string>>
  /**
   * Tells of the pushes that the last process was not told of, or died over, and from then on looks for more: the hook of a push
   * to the last process may end after this one has looked. Resolves when it has looked once.
   */
  readSpool(): Promise<void>
  close(): Promise<void>
}

/** The id of a push; where the spool cannot be written also its lines, of which this is some hundred thousand. */
const maxBodyBytes = 67_108_864

/** Listens on a port of its own, on loopback only; a random token keeps out every other program of this machine. */
export async function createHookEndpoint(options: HookEndpointOptions): Promise<HookEndpoint> {
  const { spoolFolder, onPush, onError, lookAgainAfterMs = 60_000 } = options
  const token = randomBytes(32).toString('base64url')
  const spool = await createPushSpool({ folder: spoolFolder, onPush, onError })
  const server = createServer((request, response) => {
    void receive(request, response, { token, spool, onError })
  })
  const listening = await listenOnLoopback(server)
  let timer: NodeJS.Timeout | undefined
  return {
    environment: {
      GIT_SERVER_HOOK_URL: listening.url,
      GIT_SERVER_HOOK_TOKEN: token,
      GIT_SERVER_SPOOL: spoolFolder,
    },
    readSpool: () => {
      timer ??= setInterval(() => void spool.tellAll(), lookAgainAfterMs).unref()
      return spool.tellAll()
    },
    close: async () => {
      clearInterval(timer)
      await listening.close()
      await spool.close()
    },
  }
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  {
    token,
    spool,
    onError,
  }: Pick<HookEndpointOptions, 'onError'> & { readonly token: string; readonly spool: PushSpool },
): Promise<void> {
  try {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      response.writeHead(401).end()
      return
    }
    const [, pushId = '', report] = /^([^\n]*)(?:\n(.*))?$/s.exec(await readText(request, maxBodyBytes)) ?? []
    await spool.tell(pushId, report)
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
