import type { BuildContext, PushEvent } from '@posthorn/core'
import { toAccount } from './account.ts'
import { toRefChange } from './ref-change.ts'
import { toRepository } from './repository.ts'
import type { WirePushBody } from './wire.ts'

/**
 * The body of a push. Null if the push touched refs, but neither a branch nor a tag; a push that touched no ref at all, as a
 * test delivery does, has a body with an empty list.
 */
export function toPushBody(event: PushEvent, context: BuildContext): WirePushBody | null {
  const { actor, refUpdates, repository } = event
  const changes = refUpdates
    .map((update) => toRefChange(update, repository, context))
    .filter((change) => change !== null)
  if (changes.length === 0 && refUpdates.length > 0) return null
  const body = { push: { changes }, repository: toRepository(repository, context.site) }
  return actor === null ? body : { ...body, actor: toAccount(actor, context.site) }
}
