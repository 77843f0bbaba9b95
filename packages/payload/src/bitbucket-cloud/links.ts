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

/** Where a repository is, and links that were made already: a push names most of its commits and people several times. */
export interface RepositoryUrls {
  readonly site: Site
  readonly repository: RepositoryRef
  readonly api: string
  readonly html: string
  /** By hash: a commit may be a target, stand in a list, and be a parent. */
  readonly commits: Map<string, WireCommitLinks>
  /** By UUID, of all but teams, and only where the host makes no links of its own, for which it may look at the whole account. */
  readonly accounts: Map<string, WireEntityLinks>
}

export function toRepositoryUrls(site: Site, repository: RepositoryRef): RepositoryUrls {
  const path = `${percentEncodeSegment(repository.workspace.slug)}/${percentEncodeSegment(repository.slug)}`
  return {
    site,
    repository,
    api: `${site.apiUrl}/repositories/${path}`,
    html: `${site.htmlUrl}/${path}`,
    commits: new Map(),
    accounts: new Map(),
  }
}

/** The `self` and `html` that a commit always has. */
export function toCommitLinks(urls: RepositoryUrls, hash: string): WireCommitLinks {
  const known = urls.commits.get(hash)
  if (known !== undefined) return known
  const { site, repository, api, html } = urls
  const links = {
    self: toLink(`${api}/commit/${hash}`),
    html: toLink(site.links?.commit?.(repository, hash) ?? `${html}/commits/${hash}`),
  }
  urls.commits.set(hash, links)
  return links
}

/** The links of a commit in a list, where it has more of them than as the target of a ref. */
export function toListedCommitLinks(urls: RepositoryUrls, hash: string): WireCommitLinks {
  const { api } = urls
  const { self, html } = toCommitLinks(urls, hash)
  return {
    self,
    html,
    diff: toLink(`${api}/diff/${hash}`),
    approve: toLink(`${self.href}/approve`),
    comments: toLink(`${self.href}/comments`),
    statuses: toLink(`${self.href}/statuses`),
    patch: toLink(`${api}/patch/${hash}`),
  }
}

export function toBranchLinks(urls: RepositoryUrls, name: string): WireBranchLinks {
  const { site, repository, api, html } = urls
  const encoded = percentEncodePath(name)
  return {
    self: toLink(`${api}/refs/branches/${encoded}`),
    commits: toLink(`${api}/commits/${encoded}`),
    html: toLink(site.links?.branch?.(repository, name) ?? `${html}/branch/${encoded}`),
    pullrequest_create: toLink(
      site.links?.createPullRequest?.(repository, name) ?? `${html}/pull-requests/new?source=${encoded}&t=1`,
    ),
  }
}

export function toTagLinks({ site, repository, api, html }: RepositoryUrls, name: string): WireTagLinks {
  const encoded = percentEncodePath(name)
  return {
    self: toLink(`${api}/refs/tags/${encoded}`),
    commits: toLink(`${api}/commits/${encoded}`),
    html: toLink(site.links?.tag?.(repository, name) ?? `${html}/commits/tag/${encoded}`),
  }
}

/** The commits in `after` and, where something was there before, not in `before`. */
export function toRangeLink({ api }: RepositoryUrls, after: string, before: string | null): WireLink {
  const exclude = before === null ? '' : `&exclude=${before}`
  return toLink(`${api}/commits?include=${after}${exclude}`)
}

/** The links of a branch that moved forward. */
export function toCompareLinks(urls: RepositoryUrls, after: string, before: string): WireRefChangeLinks {
  const { site, repository, api, html } = urls
  return {
    commits: toRangeLink(urls, after, before),
    diff: toLink(`${api}/diff/${after}..${before}`),
    html: toLink(
      site.links?.compare?.(repository, after, before) ?? `${html}/branches/compare/${after}..${before}`,
    ),
  }
}

export function toRepositoryLinks({ site, repository, api, html }: RepositoryUrls): WireEntityLinks {
  return {
    self: toLink(api),
    html: toLink(site.links?.repository?.(repository) ?? html),
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

export function toAccountLinks({ site, accounts }: RepositoryUrls, account: Account): WireEntityLinks {
  if (site.links !== undefined || account.type === 'team') return createAccountLinks(site, account)
  const known = accounts.get(account.uuid)
  if (known !== undefined) return known
  const links = createAccountLinks(site, account)
  accounts.set(account.uuid, links)
  return links
}

function createAccountLinks(site: Site, account: Account): WireEntityLinks {
  const uuid = encodeUuid(account.uuid)
  const collection = account.type === 'team' ? 'workspaces' : 'users'
  return {
    self: toLink(`${site.apiUrl}/${collection}/${uuid}`),
    avatar: toLink(site.links?.accountAvatar?.(account) ?? `${site.htmlUrl}/account/${uuid}/avatar/`),
    html: toLink(site.links?.account?.(account) ?? `${site.htmlUrl}/${uuid}/`),
  }
}

function encodeUuid(uuid: string): string {
  return `%7B${percentEncodeSegment(uuid)}%7D`
}

function toLink(href: string): WireLink {
  return { href }
}
