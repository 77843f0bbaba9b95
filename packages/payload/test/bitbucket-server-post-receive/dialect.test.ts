import { expect, test } from 'vitest'
import { bitbucketServerPostReceive } from '../../src/index.ts'

test('The headers name no event, no delivery and no attempt', () => {
  const headers = bitbucketServerPostReceive.headers({
    eventKey: 'repo:push',
    subscriptionId: '77777777-7777-4777-8777-777777777777',
    deliveryId: '88888888-8888-4888-8888-888888888888',
    attemptNumber: 2,
  })
  expect(headers).toEqual([
    ['User-Agent', 'Posthorn'],
    ['Content-Type', 'application/json'],
    ['X-Atlassian-Token', 'no-check'],
  ])
})

test('A subscription is on a repository, for pushes, without a secret', () => {
  expect(bitbucketServerPostReceive.rules).toEqual({
    limitGroup: 'post-receive',
    maxPerSubject: 5,
    subjectTypes: ['repository'],
    eventKeys: ['repo:push'],
    signatureHeader: null,
  })
})

test('A push is read one commit deeper than is shown, with as many changed paths as are shown', () => {
  const { defaultCaps } = bitbucketServerPostReceive
  expect(bitbucketServerPostReceive.detail(defaultCaps)).toEqual({ maxCommits: 101, maxChanges: 500 })
})
