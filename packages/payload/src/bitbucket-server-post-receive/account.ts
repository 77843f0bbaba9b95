import type { Account } from '@posthorn/core'
import type { WireContext } from './context.ts'
import type { WireUser } from './wire.ts'

/** A user, as the owner of a personal project is shown. */
export function toUser(account: Account, { room }: WireContext): WireUser {
  const { name, emailAddress } = account
  return {
    name,
    ...(emailAddress === undefined ? {} : { emailAddress }),
    id: account.id,
    displayName: room.takeText(account.displayName, 1),
    active: true,
    slug: toUserSlug(account),
    type: account.type === 'app_user' ? 'SERVICE' : 'NORMAL',
  }
}

/** A login name as URLs of the Server show it: lower case, and `_` for all but letters, digits, `.`, `_` and `-`. */
export function toUserSlug({ name }: Account): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}._-]/gu, '_')
}
