import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createBareRepository } from './bare-repository.ts'
import { BackendUnavailableError, runGitHttpBackend } from './git-http-backend.ts'
import { type GitRoute, parseGitRoute } from './git-route.ts'
import type { HookEndpoint } from './hook-endpoint.ts'
import { listenOnLoopback } from './listen-on-loopback.ts'

export interface GitServerOptions {
  /** The folder that holds every repository. */
  readonly root: string
  /** @default 0, any that is free */
  readonly port?: number
  /** Where the hooks report. */
  readonly hookEndpoint: HookEndpoint
  /** Who makes a request. Check passwords or tokens here. */
  readonly toUser: (request: IncomingMessage) => string
  /** Answers what no Git client asked. @default 404 */
  readonly otherwise?: RequestListener
}

/** Serves bare repositories to the `git` client over smart HTTP. */
export interface GitServer {
  /** The origin, without a slash at the end. */
  readonly url: string
  /** Creates a repository, or takes up one that is there. Its URL is `<url>/<name>.git`; resolves with its folder. */
  createRepository(name: string): Promise<string>
  /**
   * Resolves when every running clone and push has ended. Whoever does not go on with one is cut off after five seconds, and whoever
   * goes on after a minute.
   */
  close(): Promise<void>
}

/** Listens on loopback only, because it lets everybody in whom `toUser` does. */
export async function createGitServer(options: GitServerOptions): Promise<GitServer> {
  const { root, otherwise = refuse } = options
  const repositories = new Set<string>()
  const running = new Set<Promise<void>>()

  // A push may take longer to arrive than the five minutes that Node gives a request.
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    const route = parseGitRoute(request.method, request.url)
    if (route === null || !repositories.has(route.repository)) {
      otherwise(request, response)
      return
    }
    const work = serveGit(request, response, route, options).finally(() => running.delete(work))
    running.add(work)
  })

  const listening = await listenOnLoopback(server, options.port)
  return {
    url: listening.url,
    createRepository: async (name) => {
      const gitDir = await createBareRepository(root, name)
      repositories.add(name)
      return gitDir
    },
    close: async () => {
      await listening.close()
      await Promise.all(running)
    },
  }
}

async function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  route: GitRoute,
  { root, hookEndpoint, toUser }: GitServerOptions,
): Promise<void> {
  const hookEnvironment = { ...hookEndpoint.environment, GIT_SERVER_REPOSITORY: route.repository }
  try {
    await runGitHttpBackend(request, response, { root, route, user: toUser(request), hookEnvironment })
  } catch (error) {
    console.error(error)
    if (!response.headersSent) response.writeHead(error instanceof BackendUnavailableError ? 503 : 500)
    response.end()
  }
}

function refuse(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.\n')
}
