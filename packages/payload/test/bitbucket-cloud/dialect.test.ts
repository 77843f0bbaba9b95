import { eventKeys } from '@posthorn/core'
import { expect, test } from 'vitest'
import { bitbucketCloud } from '../../src/index.ts'

test('The headers are those of the vendor, in order, with bare ids', () => {
  const headers = bitbucketCloud.headers({
    eventKey: 'repo:push',
    subscriptionId: '77777777-7777-4777-8777-777777777777',
    deliveryId: '88888888-8888-4888-8888-888888888888',
    attemptNumber: 2,
  })
  expect(headers).toEqual([
    ['User-Agent', 'Bitbucket-Webhooks/2.0'],
    ['Content-Type', 'application/json'],
    ['X-Event-Key', 'repo:push'],
    ['X-Hook-UUID', '77777777-7777-4777-8777-777777777777'],
    ['X-Request-UUID', '88888888-8888-4888-8888-888888888888'],
    ['X-Attempt-Number', '2'],
  ])
})

test('A subscription may be on any subject, for any event, and have a secret', () => {
  expect(bitbucketCloud.rules).toEqual({
    limitGroup: 'webhook',
    maxPerSubject: 50,
    subjectTypes: ['repository', 'project', 'workspace'],
    eventKeys,
    signatureHeader: 'X-Hub-Signature',
  })
})

test('A push is read one commit deeper than is shown, and without its changed paths', () => {
  expect(bitbucketCloud.detail(bitbucketCloud.defaultCaps)).toEqual({ maxCommits: 6, maxChanges: 0 })
})
