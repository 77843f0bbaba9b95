import type { Account, Project, Repository, RepositoryRef, Workspace } from './entities.ts'
import { boolean, integer, oneOf, text, uuid } from './scalars.ts'
import { nullable, optional, type Parser, shape } from './shape.ts'

export const parseAccount: Parser<Account> = shape<Account>({
  uuid,
  id: integer,
  name: text,
  displayName: text,
  nickname: optional(text),
  accountId: optional(text),
  emailAddress: optional(text),
  type: optional(oneOf('user', 'team', 'app_user')),
})

const parseWorkspace = shape<Workspace>({ uuid, slug: text, name: text })

const parseProject = shape<Project>({
  uuid,
  id: integer,
  key: text,
  name: text,
  isPrivate: optional(boolean),
  owner: optional(parseAccount),
})

const parseRepositoryRef = shape<RepositoryRef>({ uuid, name: text, slug: text, workspace: parseWorkspace })

export const parseRepository: Parser<Repository> = shape<Repository>({
  uuid,
  name: text,
  slug: text,
  workspace: parseWorkspace,
  id: integer,
  project: parseProject,
  owner: parseAccount,
  isPrivate: boolean,
  isForkable: optional(boolean),
  website: optional(nullable(text)),
  parent: optional(nullable(parseRepositoryRef)),
})
