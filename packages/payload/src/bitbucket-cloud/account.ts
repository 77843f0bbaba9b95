import type { Account, Site } from '@posthorn/core'
import { toAccountLinks } from './links.ts'
import type { WireAccount } from './wire.ts'

/** An account, in the shape that its type has. */
export function toAccount(account: Account, site: Site): WireAccount {
  const shared = { display_name: account.displayName, links: toAccountLinks(site, account) }
  const uuid = `{${account.uuid}}`
  if (account.type === 'team') return { ...shared, type: 'team', uuid, username: account.name }
  return {
    ...shared,
    type: account.type ?? 'user',
    uuid,
    account_id: account.accountId ?? account.uuid,
    nickname: account.nickname ?? account.name,
  }
}
