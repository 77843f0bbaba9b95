import type { SubjectRef } from '../subject.ts'
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

/** The subjects whose subscriptions hear an event, most specific first, none twice. */
export function toSubjectChain(place: EventPlace): readonly SubjectRef[] {
  switch (place.kind) {
    case 'repository':
    case 'fork-origin':
    case 'pull-request-destination':
      return repositoryChain(place.repository)
    case 'transferred-repository':
      return withoutRepeats([
        ...repositoryChain(place.repository),
        { type: 'workspace', id: place.previousWorkspace.uuid },
      ])
    case 'project':
      return [
        { type: 'project', id: place.project.uuid },
        { type: 'workspace', id: place.workspace.uuid },
      ]
  }
}

function repositoryChain(repository: PlacedRepository): readonly SubjectRef[] {
  return [
    { type: 'repository', id: repository.uuid },
    { type: 'project', id: repository.project.uuid },
    { type: 'workspace', id: repository.workspace.uuid },
  ]
}

function withoutRepeats(subjects: readonly SubjectRef[]): readonly SubjectRef[] {
  const seen = new Set<string>()
  return subjects.filter(({ type, id }) => {
    const key = `${type}:${id}`
    return seen.has(key) ? false : seen.add(key)
  })
}
