import { InvalidInputError } from '../errors.ts'
import { maxEventIdLength } from '../limits.ts'
import { parseUuid } from '../uuid.ts'
import type { WebhookEvent } from './event.ts'
import { isEventKey } from './event-key.ts'

const objectIdPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/**
 * Checks an event that a host hands to `emit`, and gives it back with its UUIDs normalised. Only what the engine relies on
 * is checked; that a name is a string is left to the type system.
 * @throws {InvalidInputError} `event.invalid` or `event.unknown-key`, naming the field
 */
export function parseEvent(input: unknown): WebhookEvent {
  const event = object('event', input)
  if (!isEventKey(event.key) || event.key !== 'repo:push') {
    throw new InvalidInputError({
      code: 'event.unknown-key',
      field: 'key',
      message: `Expected \`key\` to be an event that can be emitted (repo:push), got ${JSON.stringify(event.key)}.`,
    })
  }
  checkId(event.id)
  if (event.actor !== null) checkAccount('actor', event.actor)
  checkRefUpdates(event.refUpdates)
  const repository = parseRepository(event.repository)
  return { ...(input as WebhookEvent), repository }
}

function checkId(id: unknown): void {
  if (id === undefined) return
  if (
    typeof id !== 'string' ||
    id.length === 0 ||
    id.length > maxEventIdLength ||
    !/^[\x21-\x7e]+$/.test(id)
  ) {
    throw invalid('id', `Expected \`id\` to be 1 to ${maxEventIdLength} visible ASCII characters.`)
  }
}

function parseRepository(input: unknown): WebhookEvent['repository'] {
  const repository = object('repository', input)
  const project = object('repository.project', repository.project)
  const workspace = object('repository.workspace', repository.workspace)
  string('repository.name', repository.name)
  string('repository.slug', repository.slug)
  integer('repository.id', repository.id)
  string('repository.project.key', project.key)
  string('repository.project.name', project.name)
  integer('repository.project.id', project.id)
  string('repository.workspace.slug', workspace.slug)
  string('repository.workspace.name', workspace.name)
  checkAccount('repository.owner', repository.owner)
  const valid = input as WebhookEvent['repository']
  return {
    ...valid,
    uuid: parseUuid(repository.uuid, 'repository.uuid'),
    project: { ...valid.project, uuid: parseUuid(project.uuid, 'repository.project.uuid') },
    workspace: { ...valid.workspace, uuid: parseUuid(workspace.uuid, 'repository.workspace.uuid') },
  }
}

function checkAccount(field: string, input: unknown): void {
  const account = object(field, input)
  parseUuid(account.uuid, `${field}.uuid`)
  string(`${field}.name`, account.name)
  string(`${field}.displayName`, account.displayName)
  integer(`${field}.id`, account.id)
}

function checkRefUpdates(input: unknown): void {
  if (!Array.isArray(input)) throw invalid('refUpdates', 'Expected `refUpdates` to be an array.')
  for (const [index, value] of input.entries()) {
    const update = object(`refUpdates[${index}]`, value)
    const ref = string(`refUpdates[${index}].ref`, update.ref)
    if (!ref.startsWith('refs/'))
      throw invalid(`refUpdates[${index}].ref`, 'Expected a full ref name, beginning with refs/.')
    for (const side of ['before', 'after']) {
      if (!objectIdPattern.test(string(`refUpdates[${index}].${side}`, update[side]))) {
        throw invalid(
          `refUpdates[${index}].${side}`,
          'Expected an object id of 40 or 64 lower-case hexadecimal digits.',
        )
      }
    }
    object(`refUpdates[${index}].commits`, update.commits)
  }
}

function object(field: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null)
    throw invalid(
      field,
      `Expected \`${field}\` to be an object, got ${value === null ? 'null' : typeof value}.`,
    )
  return value as Readonly<Record<string, unknown>>
}

function string(field: string, value: unknown): string {
  if (typeof value !== 'string')
    throw invalid(field, `Expected \`${field}\` to be a string, got ${typeof value}.`)
  return value
}

function integer(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw invalid(field, `Expected \`${field}\` to be an integer, got ${String(value)}.`)
  return value
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'event.invalid', field, message })
}
