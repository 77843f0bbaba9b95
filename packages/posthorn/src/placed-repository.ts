import { InvalidInputError, type PlacedRepository, parseUuid } from '@posthorn/core'

/**
 * A repository with its project and workspace, the UUIDs normalised.
 * @throws {InvalidInputError} `event.invalid`, `subject.invalid`
 */
export function parsePlacedRepository(repository: unknown): PlacedRepository {
  const field = 'repository'
  return {
    uuid: parseUuid(readMember(repository, 'uuid', field), `${field}.uuid`),
    project: { uuid: parsePlace(repository, 'project') },
    workspace: { uuid: parsePlace(repository, 'workspace') },
  }
}

function parsePlace(repository: unknown, name: 'project' | 'workspace'): string {
  const field = `repository.${name}`
  const place = readMember(repository, name, 'repository')
  return parseUuid(readMember(place, 'uuid', field), `${field}.uuid`)
}

function readMember(value: unknown, name: string, field: string): unknown {
  if (typeof value !== 'object' || value === null) {
    throw new InvalidInputError({
      code: 'event.invalid',
      field,
      message: `Expected \`${field}\` to be an object.`,
    })
  }
  try {
    return Reflect.get(value, name)
  } catch (error) {
    const member = `${field}.${name}`
    throw new InvalidInputError({
      code: 'event.invalid',
      field: member,
      message: `Expected \`${member}\` to be readable, got something that throws.`,
      cause: error,
    })
  }
}
