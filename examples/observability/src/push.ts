import type { PushEvent } from 'posthorn'

const uuid = '3deb8c29-778a-450c-8f69-3e50a18079df'
const owner = { uuid, id: 1, name: 'demo', displayName: 'Demo' }

/** A push without commits, which is enough to be delivered. */
export const push: PushEvent = {
  key: 'repo:push',
  repository: {
    uuid,
    id: 1,
    slug: 'hello',
    name: 'hello',
    isPrivate: false,
    owner,
    project: { uuid, id: 1, key: 'DEMO', name: 'Demo' },
    workspace: { uuid, slug: 'demo', name: 'Demo' },
  },
  actor: owner,
  refUpdates: [],
}

export const subject = { type: 'repository', id: uuid } as const
