import { type PushEvent, toUuid } from 'posthorn'

export const site = { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' }
/** Receivers are on this machine. */
export const addresses = { allow: ['127.0.0.0/8'] }

export const actor = { uuid: toUuid(site.htmlUrl, 'user', 1), id: 1, name: 'example', displayName: 'Example' }
export const repository = {
  uuid: toUuid(site.htmlUrl, 'repository', 1),
  id: 1,
  slug: 'hello',
  name: 'hello',
  isPrivate: false,
  owner: actor,
  workspace: { uuid: toUuid(site.htmlUrl, 'workspace', 1), slug: 'demo', name: 'Demo' },
  project: { uuid: toUuid(site.htmlUrl, 'project', 1), id: 1, key: 'DEMO', name: 'Demo' },
}
export const hash = 'a'.repeat(40)
/** Who made and committed everything. */
export const identity = { name: 'Example', emailAddress: 'user@example.com', at: 1_767_225_600_000 }

export const subject = { type: 'repository', id: repository.uuid } as const

/** A push whose bodies differ from those of every push of another branch. */
export function toSamplePush(branch: string): PushEvent {
  const commit = { hash, parents: [], author: identity, committer: identity, message: `Of ${branch}\n` }
  const update = {
    ref: `refs/heads/${branch}`,
    before: '0'.repeat(40),
    after: hash,
    isForced: false,
    old: null,
    new: { commit, annotation: null },
    commits: { values: [commit], hasMore: false },
  }
  return { key: 'repo:push', repository, actor, refUpdates: [update] }
}
