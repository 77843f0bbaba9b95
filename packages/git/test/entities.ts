import type { Account, Repository } from '@posthorn/core'

export const actor: Account = {
  uuid: '11111111-1111-4111-8111-111111111111',
  id: 1,
  name: 'author',
  displayName: 'Author',
}

export const repository: Repository = {
  uuid: '22222222-2222-4222-8222-222222222222',
  id: 2,
  name: 'Tools',
  slug: 'tools',
  isPrivate: true,
  owner: actor,
  project: { uuid: '33333333-3333-4333-8333-333333333333', id: 3, key: 'TOOLS', name: 'Tools' },
  workspace: { uuid: '44444444-4444-4444-8444-444444444444', slug: 'team', name: 'Team' },
}
