import type { Commit, Page, RefUpdate } from '@posthorn/core'
import { toChangeset } from './commit.ts'
import type { WireContext } from './context.ts'
import { toPage } from './page.ts'
import { toRefChange } from './ref-change.ts'
import { toRepository } from './repository.ts'
import type { WirePushBody } from './wire.ts'

/** The body of a push that shows these of its refs, of any kind, and a page of these commits. Nobody is named who pushed. */
export function toPushBody(
  updates: readonly RefUpdate[],
  commits: Page<Commit>,
  context: WireContext,
): WirePushBody {
  const { bounds, caps, repository, room } = context
  const refChanges = room.takeList(updates, updates.length, (update) => toRefChange(update, context))
  const shown = room.takeList(commits.values, bounds.maxCommits, (commit) => toChangeset(commit, context))
  const isLastPage = !commits.hasMore && shown.length === commits.values.length
  return {
    repository: toRepository(repository, context),
    refChanges,
    changesets: toPage(shown, caps.maxCommits, isLastPage),
  }
}
