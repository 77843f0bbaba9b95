/** The shapes of a Cloud body, in the vendor's words, casing and key order. Source: bodies captured in 2025. */

export interface WirePushBody {
  readonly push: { readonly changes: readonly WireRefChange[] }
  readonly repository: WireRepository
  readonly actor?: WireAccount
}

export interface WireRefChange {
  readonly old: WireRef | null
  readonly new: WireRef | null
  readonly truncated: boolean
  readonly created: boolean
  readonly forced: boolean
  readonly closed: boolean
  readonly links?: WireRefChangeLinks
  readonly commits?: readonly WireCommit[]
}

export interface WireRefChangeLinks {
  readonly commits: WireLink
  readonly diff?: WireLink
  readonly html?: WireLink
}

type WireRef = WireBranch | WireTag

export interface WireBranch {
  readonly name: string
  readonly target: WireCommit | WireCommitId
  readonly links: WireBranchLinks
  readonly type: 'branch'
  readonly merge_strategies: readonly string[]
  readonly sync_strategies: readonly string[]
  readonly default_merge_strategy: string
}

export interface WireBranchLinks {
  readonly self: WireLink
  readonly commits: WireLink
  readonly html: WireLink
  readonly pullrequest_create: WireLink
}

export interface WireTag {
  readonly name: string
  readonly type: 'tag'
  readonly message: string | null
  readonly date: string | null
  readonly tagger: WireEmpty | null
  readonly target: WireCommit | WireCommitId
  readonly links: WireTagLinks
}

export interface WireTagLinks {
  readonly self: WireLink
  readonly commits: WireLink
  readonly html: WireLink
}

export interface WireCommit {
  readonly type: 'commit'
  readonly hash: string
  readonly date: string
  readonly author: WireAuthor
  readonly committer: WireEmpty
  readonly message: string
  readonly summary: WireRendered
  readonly links: WireCommitLinks
  readonly parents: readonly WireCommitId[]
  readonly rendered: WireEmpty
  readonly properties: WireEmpty
}

export interface WireAuthor {
  readonly type: 'author'
  readonly raw: string
  readonly user?: WireAccount
}

interface WireRendered {
  readonly type: 'rendered'
  readonly raw: string
  readonly markup: 'markdown'
  readonly html: string
}

/** Of a ref's target, and of a parent: `self` and `html`. Of a commit in a list: all. */
export interface WireCommitLinks {
  readonly self: WireLink
  readonly html: WireLink
  readonly diff?: WireLink
  readonly approve?: WireLink
  readonly comments?: WireLink
  readonly statuses?: WireLink
  readonly patch?: WireLink
}

export interface WireCommitId {
  readonly hash: string
  readonly links: WireCommitLinks
  readonly type: 'commit'
}

export interface WireRepositoryShort {
  readonly type: 'repository'
  readonly full_name: string
  readonly links: WireEntityLinks
  readonly name: string
  readonly uuid: string
}

export interface WireRepository extends WireRepositoryShort {
  readonly scm: 'git'
  readonly website: string | null
  readonly owner: WireAccount
  readonly workspace: WireWorkspace
  readonly is_private: boolean
  readonly project: WireProject
  readonly parent: WireRepositoryShort | null
}

export interface WireWorkspace {
  readonly type: 'workspace'
  readonly uuid: string
  readonly name: string
  readonly slug: string
  readonly links: WireEntityLinks
}

export interface WireProject {
  readonly type: 'project'
  readonly key: string
  readonly uuid: string
  readonly name: string
  readonly links: WireEntityLinks
}

export type WireAccount = WireUser | WireTeam

interface WireUser {
  readonly display_name: string
  readonly links: WireEntityLinks
  readonly type: 'user' | 'app_user'
  readonly uuid: string
  readonly account_id: string
  readonly nickname: string
}

interface WireTeam {
  readonly display_name: string
  readonly links: WireEntityLinks
  readonly type: 'team'
  readonly uuid: string
  readonly username: string
}

export interface WireEntityLinks {
  readonly self: WireLink
  readonly html: WireLink
  readonly avatar: WireLink
}

export interface WireLink {
  readonly href: string
}

/** `{}`: what the vendor sends where earlier it sent something. */
type WireEmpty = Readonly<Record<string, never>>
