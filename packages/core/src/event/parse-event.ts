import { describeValue } from '../describe-value.ts'
import { InvalidInputError } from '../errors.ts'
import type { WebhookEvent } from './event.ts'
import type { TurnParser } from './in-turns.ts'
import { Mismatch } from './mismatch.ts'
import { parsePushEvent } from './parse-push.ts'
import { shape } from './shape.ts'

/** By key. A key is here once its event can be emitted. */
const parsers: ReadonlyMap<unknown, TurnParser<WebhookEvent>> = new Map([['repo:push', parsePushEvent]])

const parseKey = shape<{ readonly key: unknown }>({ key: (value) => value })

/**
 * Checks an event that a host hands to `emit`, and gives back a copy with its UUIDs normalised. Whatever the model does not
 * name is left behind; what the host does to its own object afterwards changes nothing.
 * @throws {InvalidInputError} `event.invalid` or `event.unknown-key`, naming the field
 */
export function parseEvent(input: unknown): WebhookEvent {
  const turns = parse(input)
  let turn = turns.next()
  while (turn.done !== true) turn = turns.next()
  return turn.value
}

/**
 * As {@link parseEvent}, but a long event is read in several turns of the event loop: until the promise is settled, the host must leave
 * its object as it is. A short one is read before the function returns.
 * @param endOfLongTurn gives a promise to wait for, once the current turn has lasted too long; else null
 */
export async function parseEventInTurns(
  input: unknown,
  endOfLongTurn: () => Promise<void> | null,
): Promise<WebhookEvent> {
  const turns = parse(input)
  let turn = turns.next()
  while (turn.done !== true) {
    const turnEnd = endOfLongTurn()
    if (turnEnd !== null) await turnEnd
    turn = turns.next()
  }
  return turn.value
}

function* parse(input: unknown): Generator<null, WebhookEvent> {
  try {
    const { key } = parseKey(input)
    const parseMembers = parsers.get(key)
    if (parseMembers === undefined) throw unknownKey(key)
    return yield* parseMembers(input)
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
