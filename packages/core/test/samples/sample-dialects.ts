import { type Dialect, type DialectRules, eventKeys, subjectTypes } from '@posthorn/core'

function sampleDialect(name: string, rules: DialectRules): Dialect {
  return {
    name,
    rules,
    variants: ['default'],
    defaultCaps: { maxBodyBytes: 1_000, maxCommits: 1, maxChanges: 0 },
    detail: () => ({ maxCommits: 1, maxChanges: 0 }),
    build: () => [],
    headers: () => [],
  }
}

/** Carries every event and signs. */
export const signing: Dialect = sampleDialect('bitbucket-cloud', {
  limitGroup: 'webhook',
  maxPerSubject: 50,
  subjectTypes,
  eventKeys,
  signatureHeader: 'X-Hub-Signature',
})

/** Carries pushes of repositories only, and knows no secret. */
export const narrow: Dialect = sampleDialect('bitbucket-server-post-receive', {
  limitGroup: 'post-receive',
  maxPerSubject: 5,
  subjectTypes: ['repository'],
  eventKeys: ['repo:push'],
  signatureHeader: null,
})

export const dialects: ReadonlyMap<string, Dialect> = new Map(
  [signing, narrow].map((dialect) => [dialect.name, dialect]),
)
