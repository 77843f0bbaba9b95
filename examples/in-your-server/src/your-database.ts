import type { Account, Repository } from 'posthorn'

const uuid = '3deb8c29-778a-450c-8f69-3e50a18079df'
const owner = { uuid, id: 1, name: 'demo', displayName: 'Demo' }
const project = { uuid, id: 1, key: 'DEMO', name: 'Demo' }
const workspace = { uuid, slug: 'demo', name: 'Demo' }

export const repository: Repository = {
  uuid,
  id: 1,
  slug: 'hello',
  name: 'hello',
  isPrivate: false,
  owner,
  project,
  workspace,
}

/** Stands in for a database: where the repository of a hook's URL lies, what events say of it, and who pushed. */
export function findPush(url: string | undefined): {
  readonly gitDir: string
  readonly repository: Repository
  readonly actor: Account | null
} {
  if (url !== '/hello') throw new Error(`There is no repository ${url}.`)
  return { gitDir: 'hello.git', repository, actor: owner }
}
