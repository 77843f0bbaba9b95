import { type Dialect, eventKeys, limits, subjectTypes } from '@posthorn/core'
import { toHeaders } from './headers.ts'
import { toPushParts } from './parts.ts'

/** Webhooks as Bitbucket Cloud sends them since 2025. What they hold is described in `docs/dialects/bitbucket-cloud.md`. */
export const bitbucketCloud: Dialect = Object.freeze<Dialect>({
  name: 'bitbucket-cloud',
  rules: {
    limitGroup: 'webhook',
    maxPerSubject: limits.maxWebhooksPerSubject,
    subjectTypes,
    eventKeys,
    signatureHeader: 'X-Hub-Signature',
  },
  variants: ['default'],
  defaultCaps: {
    maxBodyBytes: limits.maxCloudBodyBytes,
    maxCommits: limits.maxCloudCommitsPerChange,
    maxChanges: 0,
  },
  detail: (caps) => ({ maxCommits: caps.maxCommits + 1, maxChanges: 0 }),
  build: toPushParts,
  headers: toHeaders,
})
