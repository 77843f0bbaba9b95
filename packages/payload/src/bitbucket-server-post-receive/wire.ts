/** The shapes of a Post-Receive body, in the vendor's words, casing and key order. Source: the sample of the Server docs. */

export interface WirePushBody {
  readonly repository: WireRepository
  readonly refChanges: readonly WireRefChange[]
  readonly changesets: WirePage<WireChangeset>
}

export interface WireRefChange {
  readonly refId: string
  readonly fromHash: string
  readonly toHash: string
  readonly type: 'ADD' | 'UPDATE' | 'DELETE'
}

export interface WirePage<Value> {
  readonly size: number
  readonly limit: number
  readonly isLastPage: boolean
  readonly values: readonly Value[]
  readonly start: 0
  readonly filter: null
}

export interface WireChangeset {
  readonly fromCommit: WireCommitId
  readonly toCommit: WireCommit
  readonly changes: WirePage<WireFileChange>
  readonly link: WireLink
}

export interface WireCommitId {
  readonly id: string
  readonly displayId: string
}

interface WireCommit extends WireCommitId {
  readonly author: WirePerson
  readonly authorTimestamp: number
  readonly message: string
  readonly parents: readonly WireCommitId[]
}

interface WirePerson {
  readonly name: string
  readonly emailAddress: string
}

export interface WireFileChange {
  readonly contentId: string
  readonly path: WirePath
  readonly executable?: boolean
  readonly percentUnchanged: number
  readonly type: 'ADD' | 'MODIFY' | 'DELETE' | 'MOVE' | 'COPY'
  readonly nodeType: 'FILE' | 'SUBMODULE'
  readonly srcPath?: WirePath
  readonly srcExecutable?: boolean
  readonly link: WireLink
}

export interface WirePath {
  readonly components: readonly string[]
  readonly parent: string
  readonly name: string
  readonly extension?: string
  readonly toString: string
}

export interface WireRepository {
  readonly slug: string
  readonly id: number
  readonly name: string
  readonly scmId: 'git'
  readonly state: 'AVAILABLE'
  readonly statusMessage: 'Available'
  readonly forkable: boolean
  readonly project: WireProject
  readonly public: boolean
}

export type WireProject = WireNormalProject | WirePersonalProject

interface WireNormalProject {
  readonly key: string
  readonly id: number
  readonly name: string
  readonly public: boolean
  readonly type: 'NORMAL'
  readonly isPersonal: false
}

interface WirePersonalProject {
  readonly key: string
  readonly id: number
  readonly name: string
  readonly type: 'PERSONAL'
  readonly isPersonal: true
  readonly owner: WireUser
}

export interface WireUser {
  readonly name: string
  readonly emailAddress?: string
  readonly id: number
  readonly displayName: string
  readonly active: true
  readonly slug: string
  readonly type: 'NORMAL' | 'SERVICE'
}

export interface WireLink {
  readonly url: string
  readonly rel: 'self'
}
