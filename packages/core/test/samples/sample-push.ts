import type { Account, Commit, Identity, PushEvent, Repository } from '@posthorn/core'

export const zeroId = '0'.repeat(40)

const account: Required<Account> = {
  uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001',
  id: 7,
  name: 'mira',
  displayName: 'Mira Holt',
  nickname: 'mira',
  accountId: 'a-7',
  emailAddress: 'mira@example.com',
  type: 'user',
}

const workspace = { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0b001', slug: 'tools', name: 'Tools' }

const repository: Required<Repository> = {
  uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0c001',
  id: 11,
  name: 'Iron Gate',
  slug: 'iron-gate',
  workspace,
  project: {
    uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0d001',
    id: 3,
    key: 'GATE',
    name: 'Gate',
    isPrivate: true,
    owner: account,
  },
  owner: account,
  isPrivate: false,
  isForkable: true,
  website: null,
  parent: { uuid: '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0c002', name: 'Gate', slug: 'gate', workspace },
}

const identity: Required<Identity> = {
  name: 'Mira Holt',
  emailAddress: 'mira@example.com',
  at: 1_790_000_000_000,
  account,
}

const commit: Required<Commit> = {
  hash: 'a'.repeat(40),
  parents: ['b'.repeat(40)],
  author: identity,
  committer: identity,
  message: 'Oil the hinges\n',
  changes: {
    values: [
      {
        kind: 'move',
        path: 'hinge.txt',
        sourcePath: 'old-hinge.txt',
        contentId: 'c'.repeat(40),
        nodeType: 'file',
        isExecutable: false,
        wasExecutable: true,
        similarity: 97,
      },
    ],
    hasMore: true,
  },
}

/** A push with every member of the model, the optional ones included. */
export const samplePush: PushEvent = {
  key: 'repo:push',
  id: 'push-1',
  actor: account,
  repository,
  refUpdates: [
    {
      ref: 'refs/heads/main',
      before: 'b'.repeat(40),
      after: 'a'.repeat(40),
      isForced: true,
      old: { commit: null, annotation: null },
      new: { commit, annotation: { message: 'v1\n', tagger: identity } },
      commits: { values: [commit], hasMore: false },
      headCommits: { values: [commit], hasMore: true },
    },
  ],
}
