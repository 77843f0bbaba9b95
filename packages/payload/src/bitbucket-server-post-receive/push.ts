import type { Commit, Page } from '@posthorn/core'
import type { WireContext } from './context.ts'
import { toPage } from './page.ts'
import { toRepository } from './repository.ts'
import type { WirePushBody } from './wire.ts'

/** The body of a push with its lists still empty; `commits` are what the page of changesets is taken from. Nobody is named who pushed. */
export function toPushFrame(commits: Page<Commit>, context: WireContext): WirePushBody {
  const { bounds, caps, repository } = context
  const size = Math.min(commits.values.length, bounds.maxCommits)
  const isLastPage = !commits.hasMore && size === commits.values.length
  return {
    repository: toRepository(repository, context),
    refChanges: [],
    changesets: { ...toPage([], caps.maxCommits, isLastPage), size },
  }
}
