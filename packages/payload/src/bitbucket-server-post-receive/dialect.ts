import { type Dialect, limits } from '@posthorn/core'
import { toHeaders } from './headers.ts'
import { toPushParts } from './parts.ts'

/**
 * The "Post-Receive Webhooks" service of Stash and Bitbucket Server. What a body holds is described in
 * `docs/dialects/bitbucket-server-post-receive.md`.
 */
export const bitbucketServerPostReceive: Dialect = Object.freeze<Dialect>({
  name: 'bitbucket-server-post-receive',
  rules: {
    limitGroup: 'post-receive',
    maxPerSubject: limits.maxPostReceiveUrlsPerSubject,
    subjectTypes: ['repository'],
    eventKeys: ['repo:push'],
    signatureHeader: null,
  },
  variants: ['default'],
  defaultCaps: {
    maxBodyBytes: limits.maxOtherBodyBytes,
    maxCommits: limits.maxPostReceiveChangesets,
    maxChanges: limits.maxPostReceiveChanges,
  },
  detail: (caps) => ({ maxCommits: caps.maxCommits + 1, maxChanges: caps.maxChanges }),
  build: toPushParts,
  headers: toHeaders,
})
