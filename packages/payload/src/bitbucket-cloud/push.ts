import type { PushEvent, RefUpdate } from '@posthorn/core'
import { toAccount } from './account.ts'
import type { WireContext } from './context.ts'
import { toRefChange } from './ref-change.ts'
import { toRepository } from './repository.ts'
import type { WirePushBody } from './wire.ts'

/** The body of a push that shows these of its refs, branches and tags. */
export function toPushBody(
  { actor, repository }: PushEvent,
  updates: readonly RefUpdate[],
  context: WireContext,
): WirePushBody {
  const changes = context.room.takeList(updates, updates.length, (update) => toRefChange(update, context))
  const wireRepository = toRepository(repository, context)
  if (actor === null) return { push: { changes }, repository: wireRepository }
  return { push: { changes }, repository: wireRepository, actor: toAccount(actor, context) }
}
