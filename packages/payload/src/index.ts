import type { Dialect } from '@posthorn/core'
import { bitbucketCloud } from './bitbucket-cloud/dialect.ts'
import { bitbucketServerPostReceive } from './bitbucket-server-post-receive/dialect.ts'

export { bitbucketCloud, bitbucketServerPostReceive }

/** Every dialect of this package; the first is the one that subscriptions have by default. */
export const bitbucketDialects: readonly Dialect[] = Object.freeze([
  bitbucketCloud,
  bitbucketServerPostReceive,
])
