import { type Account, type Repository, toUuid } from 'posthorn'

/** What events say of the server's one repository and its one user; a host reads this from its database. */
export interface DemoModel {
  readonly repository: Repository
  readonly user: Account
}

/** @param siteUrl the origin of the server, from which the UUIDs are made */
export function createDemoModel(siteUrl: string): DemoModel {
  const user: Account = {
    uuid: toUuid(siteUrl, 'user', 1),
    id: 1,
    name: 'demo-user',
    displayName: 'Demo User',
    emailAddress: 'demo-user@example.com',
  }
  const repository: Repository = {
    uuid: toUuid(siteUrl, 'repository', 1),
    id: 1,
    name: 'hello',
    slug: 'hello',
    workspace: { uuid: toUuid(siteUrl, 'workspace', 1), slug: 'demo', name: 'demo' },
    project: { uuid: toUuid(siteUrl, 'project', 1), id: 1, key: 'DEMO', name: 'Demo' },
    owner: user,
    isPrivate: false,
  }
  return { repository, user }
}
