import type { BuildContext, Commit, Page, PushEvent, RefUpdate } from '@posthorn/core'
import { toChangesets } from './commit.ts'
import { toRefChange } from './ref-change.ts'
import { toRepository } from './repository.ts'
import type { WirePushBody } from './wire.ts'

/** The body of a push. It names refs of any kind, and nobody who pushed. */
export function toPushBody({ refUpdates, repository }: PushEvent, { caps }: BuildContext): WirePushBody {
  return {
    repository: toRepository(repository),
    refChanges: refUpdates.map(toRefChange),
    changesets: toChangesets(withoutRepeats(refUpdates), repository, caps),
  }
}

/** The commits of all refs, in the order of the refs; one that came to several refs stands once. */
function withoutRepeats(refUpdates: readonly RefUpdate[]): Page<Commit> {
  const pushed = refUpdates.flatMap(({ commits }) => commits.values)
  const byHash = new Map(pushed.map((commit) => [commit.hash, commit]))
  return { values: [...byHash.values()], hasMore: refUpdates.some(({ commits }) => commits.hasMore) }
}
