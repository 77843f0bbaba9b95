import type { PushEvent } from '@posthorn/core'
import { toAccount } from './account.ts'
import type { WireContext } from './context.ts'
import { toRepository } from './repository.ts'
import type { WirePushBody } from './wire.ts'

/** The body of a push with its list of changes still empty. */
export function toPushFrame({ actor, repository }: PushEvent, context: WireContext): WirePushBody {
  const frame = { push: { changes: [] }, repository: toRepository(repository, context) }
  return actor === null ? frame : { ...frame, actor: toAccount(actor, context) }
}
