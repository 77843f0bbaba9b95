import { describeValue } from '../describe-value.ts'
import { InvalidInputError } from '../errors.ts'
import type { WebhookEvent } from './event.ts'
import { Mismatch } from './mismatch.ts'
import { parsePushEvent } from './parse-push.ts'
import { type Parser, shape } from './shape.ts'

/** By key. A key is here once its event can be emitted. */
const parsers: ReadonlyMap<unknown, Parser<WebhookEvent>> = new Map([['repo:push', parsePushEvent]])

const parseKey = shape<{ readonly key: unknown }>({ key: (value) => value })

/**
 * Checks an event that a host hands to `emit`, and gives back a copy with its UUIDs normalised. Whatever the model does not
 * name is left behind; what the host does to its own object afterwards changes nothing.
 * @throws {InvalidInputError} `event.invalid` or `event.unknown-key`, naming the field
 */
export function parseEvent(input: unknown): WebhookEvent {
  try {
    const { key } = parseKey(input)
    const parse = parsers.get(key)
    if (parse === undefined) throw unknownKey(key)
    return parse(input)
  } catch (error) {
    throw error instanceof Mismatch ? error.toError() : error
  }
}

function unknownKey(key: unknown): InvalidInputError {
  return new InvalidInputError({
    code: 'event.unknown-key',
    field: 'key',
    message: `Expected \`key\` to be an event that can be emitted (${[...parsers.keys()].join(', ')}), got ${describeValue(key)}.`,
  })
}
