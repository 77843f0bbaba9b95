import type { Account, Commit, PushEvent, RefUpdate, Repository } from '@posthorn/core'
import { createEmitter, type Emitter, type EmitterOptions, toUuid } from '../src/index.ts'

export const site = { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' }

/** Loopback, where the receivers of the tests are. */
export const loopback = { allow: ['127.0.0.0/8', '::1/128'] }

export const account: Account = {
  uuid: toUuid(site.htmlUrl, 'user', 1),
  id: 1,
  name: 'example-user',
  displayName: 'Example User',
}

/** A repository; those with the same workspace number share workspace and project. */
export function createRepository(id = 1, workspaceId = 1): Repository {
  return {
    uuid: toUuid(site.htmlUrl, 'repository', id),
    id,
    slug: `repository-${id}`,
    name: `Repository ${id}`,
    isPrivate: false,
    owner: account,
    workspace: {
      uuid: toUuid(site.htmlUrl, 'workspace', workspaceId),
      slug: `workspace-${workspaceId}`,
      name: 'Workspace',
    },
    project: {
      uuid: toUuid(site.htmlUrl, 'project', workspaceId),
      id: workspaceId,
      key: 'TOOLS',
      name: 'Tools',
    },
  }
}

export const repository: Repository = createRepository()
export const subject = { type: 'repository', id: repository.uuid } as const

const hash = 'a'.repeat(40)
const identity = { name: 'Example User', emailAddress: 'user@example.com', at: 1_767_225_600_000 }
const commit: Commit = {
  hash,
  parents: [],
  author: identity,
  committer: identity,
  message: 'First\n',
  changes: { values: [], hasMore: false },
}

const branchCreated: RefUpdate = {
  ref: 'refs/heads/main',
  before: '0'.repeat(40),
  after: hash,
  isForced: false,
  old: null,
  new: { commit, annotation: null },
  commits: { values: [commit], hasMore: false },
}

/** A push that created a branch with one commit. */
export function createPush(overrides: Partial<PushEvent> = {}): PushEvent {
  return { key: 'repo:push', repository, actor: account, refUpdates: [branchCreated], ...overrides }
}

/** An emitter that may reach loopback and never waits long. */
export function startEmitter<Transaction = never>(
  options: Partial<EmitterOptions<Transaction>> = {},
): Promise<Emitter<Transaction>> {
  return createEmitter<Transaction>({ site, addresses: loopback, retry: { delaysMs: [0, 1, 1] }, ...options })
}
