import type { SubjectRef, SubjectType } from '../subject.ts'
import { parseUuid } from '../uuid.ts'
import type { Project, RepositoryRef, Workspace } from './entities.ts'

/** Where an event happens, with the entities that decide who hears it. */
export type EventPlace =
  | {
      readonly kind: 'repository' | 'fork-origin' | 'pull-request-destination'
      readonly repository: PlacedRepository
    }
  | {
      readonly kind: 'transferred-repository'
      readonly repository: PlacedRepository
      readonly previousWorkspace: Pick<Workspace, 'uuid'>
    }
  | {
      readonly kind: 'project'
      readonly project: Pick<Project, 'uuid'>
      readonly workspace: Pick<Workspace, 'uuid'>
    }

/** As much of a repository as is needed to know who hears its events. */
export interface PlacedRepository extends Pick<RepositoryRef, 'uuid'> {
  readonly project: Pick<Project, 'uuid'>
  readonly workspace: Pick<Workspace, 'uuid'>
}

/**
 * The subjects whose subscriptions hear an event, most specific first, none twice. UUIDs in braces or capitals are
 * normalised, so that a subscription is found however the host writes them.
 * @throws {InvalidInputError} `subject.invalid`
 */
export function toSubjectChain(place: EventPlace): readonly SubjectRef[] {
  switch (place.kind) {
    case 'repository':
    case 'fork-origin':
    case 'pull-request-destination':
      return repositoryChain(place.repository)
    case 'transferred-repository': {
      const chain = repositoryChain(place.repository)
      const previous = subject('workspace', place.previousWorkspace, 'previousWorkspace')
      return chain.some(({ type, id }) => type === 'workspace' && id === previous.id)
        ? chain
        : [...chain, previous]
    }
    case 'project':
      return [
        subject('project', place.project, 'project'),
        subject('workspace', place.workspace, 'workspace'),
      ]
  }
}

function repositoryChain(repository: PlacedRepository): readonly SubjectRef[] {
  return [
    subject('repository', repository, 'repository'),
    subject('project', repository.project, 'repository.project'),
    subject('workspace', repository.workspace, 'repository.workspace'),
  ]
}

function subject(type: SubjectType, entity: { readonly uuid: string }, field: string): SubjectRef {
  return { type, id: parseUuid(entity.uuid, `${field}.uuid`) }
}
