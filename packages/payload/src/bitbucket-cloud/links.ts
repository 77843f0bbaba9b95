import type { Account, Project, RepositoryRef, Site, Workspace } from '@posthorn/core'
import { percentEncodePath, percentEncodeSegment } from '../percent-encode.ts'
import type {
  WireBranchLinks,
  WireCommitLinks,
  WireEntityLinks,
  WireLink,
  WireRefChangeLinks,
  WireTagLinks,
} from './wire.ts'

/** The `self` and `html` that a commit always has. */
export function toCommitLinks(site: Site, repository: RepositoryRef, hash: string): WireCommitLinks {
  return {
    self: toLink(`${repositoryApi(site, repository)}/commit/${hash}`),
    html: toLink(
      site.links?.commit?.(repository, hash) ?? `${repositoryHtml(site, repository)}/commits/${hash}`,
    ),
  }
}

/** The links of a commit in a list, where it has more of them than as the target of a ref. */
export function toListedCommitLinks(site: Site, repository: RepositoryRef, hash: string): WireCommitLinks {
  const api = repositoryApi(site, repository)
  return {
    ...toCommitLinks(site, repository, hash),
    diff: toLink(`${api}/diff/${hash}`),
    approve: toLink(`${api}/commit/${hash}/approve`),
    comments: toLink(`${api}/commit/${hash}/comments`),
    statuses: toLink(`${api}/commit/${hash}/statuses`),
    patch: toLink(`${api}/patch/${hash}`),
  }
}

export function toBranchLinks(site: Site, repository: RepositoryRef, name: string): WireBranchLinks {
  const api = repositoryApi(site, repository)
  const encoded = percentEncodePath(name)
  return {
    self: toLink(`${api}/refs/branches/${encoded}`),
    commits: toLink(`${api}/commits/${encoded}`),
    html: toBranchPage(site, repository, name),
    pullrequest_create: toLink(
      site.links?.createPullRequest?.(repository, name) ??
        `${repositoryHtml(site, repository)}/pull-requests/new?source=${encoded}&t=1`,
    ),
  }
}

export function toTagLinks(site: Site, repository: RepositoryRef, name: string): WireTagLinks {
  const api = repositoryApi(site, repository)
  const encoded = percentEncodePath(name)
  return {
    self: toLink(`${api}/refs/tags/${encoded}`),
    commits: toLink(`${api}/commits/${encoded}`),
    html: toLink(
      site.links?.tag?.(repository, name) ?? `${repositoryHtml(site, repository)}/commits/tag/${encoded}`,
    ),
  }
}

export function toBranchPage(site: Site, repository: RepositoryRef, name: string): WireLink {
  return toLink(
    site.links?.branch?.(repository, name) ??
      `${repositoryHtml(site, repository)}/branch/${percentEncodePath(name)}`,
  )
}

/** The commits in `after` and, where something was there before, not in `before`. */
export function toRangeLink(
  site: Site,
  repository: RepositoryRef,
  after: string,
  before: string | null,
): WireLink {
  const exclude = before === null ? '' : `&exclude=${before}`
  return toLink(`${repositoryApi(site, repository)}/commits?include=${after}${exclude}`)
}

/** The links of a branch that moved forward. */
export function toCompareLinks(
  site: Site,
  repository: RepositoryRef,
  after: string,
  before: string,
): WireRefChangeLinks {
  return {
    commits: toRangeLink(site, repository, after, before),
    diff: toLink(`${repositoryApi(site, repository)}/diff/${after}..${before}`),
    html: toLink(
      site.links?.compare?.(repository, after, before) ??
        `${repositoryHtml(site, repository)}/branches/compare/${after}..${before}`,
    ),
  }
}

export function toRepositoryLinks(site: Site, repository: RepositoryRef): WireEntityLinks {
  return {
    self: toLink(repositoryApi(site, repository)),
    html: toLink(site.links?.repository?.(repository) ?? repositoryHtml(site, repository)),
    avatar: toLink(
      site.links?.repositoryAvatar?.(repository) ?? `${site.htmlUrl}/ravatar/${encodeUuid(repository.uuid)}`,
    ),
  }
}

export function toWorkspaceLinks(site: Site, workspace: Workspace): WireEntityLinks {
  const slug = percentEncodeSegment(workspace.slug)
  return {
    avatar: toLink(site.links?.workspaceAvatar?.(workspace) ?? `${site.htmlUrl}/workspaces/${slug}/avatar/`),
    html: toLink(site.links?.workspace?.(workspace) ?? `${site.htmlUrl}/${slug}/`),
    self: toLink(`${site.apiUrl}/workspaces/${slug}`),
  }
}

export function toProjectLinks(site: Site, project: Project, workspace: Workspace): WireEntityLinks {
  const slug = percentEncodeSegment(workspace.slug)
  const key = percentEncodeSegment(project.key)
  const page = `${site.htmlUrl}/${slug}/workspace/projects/${key}`
  return {
    self: toLink(`${site.apiUrl}/workspaces/${slug}/projects/${key}`),
    html: toLink(site.links?.project?.(project, workspace) ?? page),
    avatar: toLink(site.links?.projectAvatar?.(project, workspace) ?? `${page}/avatar/32`),
  }
}

export function toAccountLinks(site: Site, account: Account): WireEntityLinks {
  const uuid = encodeUuid(account.uuid)
  const collection = account.type === 'team' ? 'workspaces' : 'users'
  return {
    self: toLink(`${site.apiUrl}/${collection}/${uuid}`),
    avatar: toLink(site.links?.accountAvatar?.(account) ?? `${site.htmlUrl}/account/${uuid}/avatar/`),
    html: toLink(site.links?.account?.(account) ?? `${site.htmlUrl}/${uuid}/`),
  }
}

function repositoryApi(site: Site, repository: RepositoryRef): string {
  return `${site.apiUrl}/repositories/${repositoryPath(repository)}`
}

function repositoryHtml(site: Site, repository: RepositoryRef): string {
  return `${site.htmlUrl}/${repositoryPath(repository)}`
}

function repositoryPath({ workspace, slug }: RepositoryRef): string {
  return `${percentEncodeSegment(workspace.slug)}/${percentEncodeSegment(slug)}`
}

function encodeUuid(uuid: string): string {
  return percentEncodeSegment(`{${uuid}}`)
}

function toLink(href: string): WireLink {
  return { href }
}
