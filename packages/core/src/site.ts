import type { Account, Project, RepositoryRef, Workspace } from './event/entities.ts'

/** The Git server that events come from, as the links in bodies name it. */
export interface Site {
  /** Where people browse, without a slash at the end, such as `https://git.example.com`. */
  readonly htmlUrl: string
  /** Where programs ask, without a slash at the end, such as `https://git.example.com/2.0`. */
  readonly apiUrl: string
  /** For hosts whose pages lie elsewhere than Bitbucket's would. @default the paths of Bitbucket Cloud below `htmlUrl` */
  readonly links?: SiteLinks
}

/** Absolute URLs of the host's own pages. Each is optional, and called with what it names. Must be pure. */
export interface SiteLinks {
  readonly account?: (account: Account) => string
  readonly accountAvatar?: (account: Account) => string
  readonly workspace?: (workspace: Workspace) => string
  readonly workspaceAvatar?: (workspace: Workspace) => string
  readonly project?: (project: Project, workspace: Workspace) => string
  readonly projectAvatar?: (project: Project, workspace: Workspace) => string
  readonly repository?: (repository: RepositoryRef) => string
  readonly repositoryAvatar?: (repository: RepositoryRef) => string
  readonly commit?: (repository: RepositoryRef, hash: string) => string
  readonly branch?: (repository: RepositoryRef, name: string) => string
  readonly tag?: (repository: RepositoryRef, name: string) => string
  readonly compare?: (repository: RepositoryRef, after: string, before: string) => string
  readonly createPullRequest?: (repository: RepositoryRef, branch: string) => string
}
