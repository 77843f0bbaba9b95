import type { Account } from '@posthorn/core'
import type { WireContext } from './context.ts'
import { toAccountLinks } from './links.ts'
import type { WireAccount } from './wire.ts'

/** An account, in the shape that its type has. */
export function toAccount(account: Account, { room, urls }: WireContext): WireAccount {
  const display_name = room.takeText(account.displayName, 1)
  const links = toAccountLinks(urls, account)
  const uuid = `{${account.uuid}}`
  if (account.type === 'team') return { display_name, links, type: 'team', uuid, username: account.name }
  return {
    display_name,
    links,
    type: account.type ?? 'user',
    uuid,
    account_id: account.accountId ?? account.uuid,
    nickname: room.takeText(account.nickname ?? account.name, 1),
  }
}
