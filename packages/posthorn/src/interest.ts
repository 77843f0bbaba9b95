import { type Dialect, describeValue, type EventKey, InvalidInputError, isEventKey } from '@posthorn/core'
import type { Interest } from './emitter.ts'
import type { ResolvedOptions } from './emitter-options.ts'
import type { Recipients } from './recipients.ts'

/** How much of an event has to be read for those who would get it. */
export function toInterest<Transaction>(
  { subscriptions, skipped }: Recipients,
  key: EventKey,
  { dialects, caps }: ResolvedOptions<Transaction>,
): Interest {
  const dialectNames = new Set(subscriptions.map(({ content }) => content.settings.dialect))
  const details = [...dialectNames].flatMap((name) => {
    const dialect: Dialect | undefined = dialects.get(name)
    return dialect === undefined ? [] : [dialect.detail(caps.get(name) ?? dialect.defaultCaps)]
  })
  return {
    any: details.length > 0,
    maxCommits: Math.max(0, ...details.map(({ maxCommits }) => maxCommits)),
    maxChanges: Math.max(0, ...details.map(({ maxChanges }) => maxChanges)),
    changedPaths:
      key === 'repo:push' &&
      subscriptions.some(({ content }) => content.settings.filter?.paths !== undefined),
    skipped,
  }
}

/** @throws {InvalidInputError} `event.unknown-key` */
export function parseEventKey(key: unknown): EventKey {
  if (isEventKey(key)) return key
  throw new InvalidInputError({
    code: 'event.unknown-key',
    field: 'key',
    message: `Expected \`key\` to be the key of an event, such as repo:push, got ${describeValue(key)}.`,
  })
}
