import type { Commit, FileChange, Page } from '@posthorn/core'
import { type ChangeReader, openChangeReader } from './changes/change-reader.ts'
import type { PlanReader, RefUpdatePlan } from './plan-ref-updates.ts'

/** What {@link readChanges} goes by. */
export interface ChangesWanted {
  /** A reader that was started before it was known what to ask it. */
  readonly early: ChangeReader | null
  readonly plans: readonly RefUpdatePlan[]
  readonly shown: ReadonlyMap<string, Commit>
  readonly maxChanges: number
}

/**
 * What each commit of a page changed against its first parent, by its id; nothing of one whose first parent is missing, as below
 * a shallow clone. What the log told is not asked for again.
 */
export async function readChanges(
  { session, commits, log }: PlanReader,
  { early, plans, shown, maxChanges }: ChangesWanted,
): Promise<ReadonlyMap<string, Page<FileChange>>> {
  const told = log?.told.changes ?? new Map<string, Page<FileChange>>()
  const hashes = new Set(plans.flatMap((plan) => plan.commits.hashes))
  const wanted = [...hashes]
    .map((hash) => shown.get(hash))
    .filter((commit) => commit !== undefined)
    .filter(({ hash }) => !told.has(hash))
  if (wanted.length === 0) {
    await early?.finish()
    return told
  }
  const reader = early ?? openChangeReader(session, maxChanges)
  await commits.loadNodes(
    wanted.flatMap(({ parents: [first] }) => (first === undefined ? [] : [first])),
    0,
  )
  for (const { hash, parents } of wanted) {
    const [first] = parents
    if (first === undefined) reader.request(hash, null)
    else if (commits.node(first)) reader.request(hash, first)
  }
  return new Map([...told, ...(await reader.finish())])
}
