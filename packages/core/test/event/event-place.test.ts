import { expect, test } from 'vitest'
import { toSubjectChain } from '../../src/event/event-place.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const repositoryId = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0c001'
const projectId = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0d001'
const workspaceId = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0b001'
const previousId = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0b002'

const repository = { uuid: repositoryId, project: { uuid: projectId }, workspace: { uuid: workspaceId } }
const chain = [
  { type: 'repository', id: repositoryId },
  { type: 'project', id: projectId },
  { type: 'workspace', id: workspaceId },
]

test.for(['repository', 'fork-origin', 'pull-request-destination'] as const)(
  'an event in a %s is heard by the repository, its project and its workspace',
  (kind) => expect(toSubjectChain({ kind, repository })).toEqual(chain),
)

test('a repository that moved is heard by its new chain, then by the workspace it left', () => {
  const place = {
    kind: 'transferred-repository',
    repository,
    previousWorkspace: { uuid: previousId },
  } as const
  expect(toSubjectChain(place)).toEqual([...chain, { type: 'workspace', id: previousId }])
})

test.for([workspaceId, `{${workspaceId.toUpperCase()}}`])(
  'a workspace hears of a repository that moved within it once, written %s',
  (uuid) => {
    const place = { kind: 'transferred-repository', repository, previousWorkspace: { uuid } } as const
    expect(toSubjectChain(place)).toEqual(chain)
  },
)

test('a workspace with the UUID of a project is still another subject', () => {
  const place = {
    kind: 'transferred-repository',
    repository,
    previousWorkspace: { uuid: projectId },
  } as const
  expect(toSubjectChain(place)).toEqual([...chain, { type: 'workspace', id: projectId }])
})

test('an event of a project is heard by the project and its workspace', () => {
  const { project, workspace } = repository
  expect(toSubjectChain({ kind: 'project', project, workspace })).toEqual(chain.slice(1))
})

test('UUIDs in braces and capitals lead to the same subjects', () => {
  const spelled = {
    uuid: `{${repositoryId}}`,
    project: { uuid: projectId.toUpperCase() },
    workspace: { uuid: `{${workspaceId.toUpperCase()}}` },
  }
  expect(toSubjectChain({ kind: 'repository', repository: spelled })).toEqual(chain)
})

test('refuses what is no UUID, and names it', () => {
  const place = { kind: 'repository', repository: { ...repository, project: { uuid: '3' } } } as const
  expect(thrownBy(() => toSubjectChain(place)).field).toBe('repository.project.uuid')
})
