import type { Project, Repository } from '@posthorn/core'
import { toUser } from './account.ts'
import type { WireContext } from './context.ts'
import type { WireProject, WireRepository } from './wire.ts'

/** A repository as it stands at the top of a body. */
export function toRepository(repository: Repository, context: WireContext): WireRepository {
  return {
    slug: repository.slug,
    id: repository.id,
    name: repository.name,
    scmId: 'git',
    state: 'AVAILABLE',
    statusMessage: 'Available',
    forkable: repository.isForkable ?? true,
    project: toProject(repository.project, context),
    public: !repository.isPrivate,
  }
}

function toProject({ key, id, name, isPrivate, owner }: Project, context: WireContext): WireProject {
  if (owner !== undefined) {
    return { key, id, name, type: 'PERSONAL', isPersonal: true, owner: toUser(owner, context) }
  }
  return { key, id, name, public: !(isPrivate ?? true), type: 'NORMAL', isPersonal: false }
}
