import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { readCgiHead } from './cgi-head.ts'
import { toGitEnvironment } from './git-environment.ts'
import type { GitRoute } from './git-route.ts'
import { type Backend, spawnForFetch, spawnForPush } from './spawn-backend.ts'

/** One request on its way to `git http-backend`. */
export interface BackendCall {
  /** The folder that holds every repository. */
  readonly root: string
  readonly route: GitRoute
  /** Who asks; Git hands the name on to hooks as `REMOTE_USER`. */
  readonly user: string
  /** What hooks find in their environment beside that. */
  readonly hookEnvironment: Readonly<Record<string, string>>
}

/** Git could not be started, and perhaps can be in a while. */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError'

  constructor(cause: unknown) {
    super('git http-backend could not be started.', { cause })
  }
}

/**
 * Answers a Git client through `git http-backend`, a CGI program, streaming both ways. Resolves when the program has ended,
 * its hooks included.
 *
 * A client that hangs up in a push leaves the program to end by itself, with its output thrown away: killed between moving
 * the refs and `post-receive`, it would have accepted a push that nobody is told of.
 * @throws {BackendUnavailableError} if Git cannot be started
 * @throws {Error} if Git does not answer as a CGI program
 */
export async function runGitHttpBackend(
  request: IncomingMessage,
  response: ServerResponse,
  call: BackendCall,
): Promise<void> {
  const spawn = call.route.isPush ? spawnForPush : spawnForFetch
  const backend = spawn(toCgiEnvironment(request, call))
  const ended = once(backend, 'close')
  // Heard of below; until then a failure is not an unhandled one.
  ended.catch(() => undefined)
  // Where file descriptors or processes have run out, it has no pipes either.
  if (backend.pid === undefined) {
    request.resume()
    throw new BackendUnavailableError(await ended.catch((cause: unknown) => cause))
  }
  feed(request, backend.stdin)
  response.once('close', () => {
    if (response.writableFinished) return
    // Unpiped first: the pipe's own handler, which runs after this one, would pause the output again.
    if (call.route.isPush) backend.stdout.unpipe(response).resume()
    else backend.kill()
  })
  await Promise.all([answer(backend, response), ended])
}

/**
 * The variables that `git http-backend` reads (its manual page, and RFC 3875, section 4.1).
 *
 * Not `CONTENT_LENGTH`: Git 2.39 waits for that many bytes even after the end of its input, in a busy loop that outlives us,
 * when a client hangs up in the middle of a pack. Without it the end of the input is the end, as for a chunked body. A pack
 * that breaks off is refused either way, because it tells its own length.
 */
function toCgiEnvironment(request: IncomingMessage, { root, route, user, hookEnvironment }: BackendCall) {
  const { headers, method, socket } = request
  return {
    ...toGitEnvironment(root),
    ...hookEnvironment,
    GATEWAY_INTERFACE: 'CGI/1.1',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: headers['git-protocol']?.toString(),
    PATH_INFO: route.path,
    QUERY_STRING: route.query,
    REQUEST_METHOD: method,
    CONTENT_TYPE: headers['content-type'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    REMOTE_ADDR: socket.remoteAddress,
    REMOTE_USER: user,
  }
}

function feed(request: IncomingMessage, input: Writable): void {
  request.pipe(input)
  request.once('close', () => {
    // The end of the input, and not a kill: the pack may be whole without the end of the request, and the refs moved.
    if (!request.complete) input.destroy()
  })
  // The program may end without reading everything, as it does when it refuses; the client still gets its answer.
  input.on('error', () => request.resume())
}

async function answer(backend: Backend, response: ServerResponse): Promise<void> {
  const { status, headers } = await readCgiHead(backend.stdout)
  if (response.destroyed) {
    backend.stdout.resume()
    return
  }
  response.writeHead(status, Object.fromEntries(headers))
  backend.stdout.pipe(response)
}
