/** What a Git client may ask for over smart HTTP. */
export interface GitRoute {
  /** Workspace and name, such as `demo/hello`. */
  readonly repository: string
  /** The path of the URL, checked. */
  readonly path: string
  /** The part of the URL behind `?`, as it came. */
  readonly query: string
  /** Whether the request carries a push. */
  readonly isPush: boolean
}

/**
 * Two names, and the three resources of smart HTTP (gitprotocol-http). No name begins with a dot, nothing is decoded, and a
 * path is never deeper, so none can leave the root or reach into a repository.
 */
const pathPattern =
  /^\/([A-Za-z0-9_][\w.-]{0,99}\/[A-Za-z0-9_][\w.-]{0,99})\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/

/** Null if the request is not one of a Git client. */
export function parseGitRoute(method: string | undefined, url: string | undefined): GitRoute | null {
  const [path = '', ...query] = (url ?? '').split('?')
  const [, repository, resource] = pathPattern.exec(path) ?? []
  if (repository === undefined || method !== (resource === 'info/refs' ? 'GET' : 'POST')) return null
  return { repository, path, query: query.join('?'), isPush: resource === 'git-receive-pack' }
}
