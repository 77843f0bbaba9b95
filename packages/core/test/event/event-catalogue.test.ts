import { expect, test } from 'vitest'
import { type EventPlaceKind, eventCatalogue } from '../../src/event/event-catalogue.ts'
import { eventKeys } from '../../src/event/event-key.ts'
import { toSubjectChain } from '../../src/event/event-place.ts'
import { readTable } from '../samples/read-table.ts'

const place = {
  repository: {
    uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0c001',
    project: { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0d001' },
    workspace: { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0b001' },
  },
  project: { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0d001' },
  workspace: { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0b001' },
  previousWorkspace: { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0b002' },
}

const hearers: Readonly<Record<EventPlaceKind, string>> = {
  repository: 'the repository, its project, its workspace',
  'fork-origin': 'the repository that was forked, its project, its workspace',
  'transferred-repository': 'the repository, its new project, its new workspace, and the workspace it left',
  'pull-request-destination': 'the destination repository, its project, its workspace',
  project: 'the project, its workspace',
}

test('the catalogue describes the keys and nothing else, in their order', () => {
  expect(Object.keys(eventCatalogue)).toEqual(eventKeys)
})

test.for(eventKeys)('%s is heard by the types of subject that its place leads to', (key) => {
  const { place: kind, subjectTypes } = eventCatalogue[key]
  const types = toSubjectChain({ ...place, kind }).map(({ type }) => type)
  expect([...new Set(types)]).toEqual(subjectTypes)
})

test.for([
  ['repo:push', 'repository'],
  ['repo:fork', 'fork-origin'],
  ['repo:transfer', 'transferred-repository'],
  ['pullrequest:created', 'pull-request-destination'],
  ['pullrequest:push', 'pull-request-destination'],
  ['issue:created', 'repository'],
  ['project:updated', 'project'],
  ['pipeline:span_created', 'repository'],
] as const)('%s happens in: %s', ([key, kind]) => {
  expect(eventCatalogue[key].place).toBe(kind)
})

test.for(eventKeys)('%s has a label and a sentence for a settings page', (key) => {
  const { label, description } = eventCatalogue[key]
  expect(label).toMatch(/^[A-Z]/)
  expect(description).toMatch(/^When(ever)? /)
})

test('docs/events.md lists every event as the catalogue describes it, in the same order', () => {
  const rows = Object.entries(eventCatalogue).map(([key, { category, label, description, place: kind }]) => [
    key,
    category,
    label,
    description,
    hearers[kind],
  ])
  expect(readTable('events.md', '## Catalogue')).toEqual(rows)
})
