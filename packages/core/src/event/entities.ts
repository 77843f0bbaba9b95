/**
 * The entities that events speak of, neutral to any wire format. A field is here when some dialect prints it: UUIDs and
 * nicknames for Bitbucket Cloud, numeric ids, keys and slugs for Bitbucket Server and Data Center.
 */

/** A person or a service that acts. */
export interface Account {
  readonly uuid: string
  /** The number of the account on this server; dialects of Bitbucket Server print it. */
  readonly id: number
  /** The login name. */
  readonly name: string
  readonly displayName: string
  /** @default `name` */
  readonly nickname?: string
  /** The id of the account across the vendor's products. @default the UUID */
  readonly accountId?: string
  readonly emailAddress?: string
  /** `user` for a person, `team` for a group that owns repositories, `app_user` for a service. @default 'user' */
  readonly type?: 'user' | 'team' | 'app_user'
}

/** The outermost owner of repositories. */
export interface Workspace {
  readonly uuid: string
  readonly slug: string
  readonly name: string
}

/** A group of repositories within a workspace. */
export interface Project {
  readonly uuid: string
  readonly id: number
  /** Upper case by convention, such as `TOOLS`; a personal project's begins with `~`. */
  readonly key: string
  readonly name: string
  /** @default true */
  readonly isPrivate?: boolean
  /** Given for the personal project of this account. */
  readonly owner?: Account
}

/** What names a repository without its surroundings. */
export interface RepositoryRef {
  readonly uuid: string
  readonly name: string
  readonly slug: string
  readonly workspace: Workspace
}

/** A repository with all that an event says of it. */
export interface Repository extends RepositoryRef {
  readonly id: number
  readonly project: Project
  readonly owner: Account
  readonly isPrivate: boolean
  /** @default true */
  readonly isForkable?: boolean
  /** @default null */
  readonly website?: string | null
  /** The repository this one was forked from. @default null */
  readonly parent?: RepositoryRef | null
}
