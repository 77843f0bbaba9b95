import type { CommitSource } from '../objects/commit-source.ts'
import type { GitSession } from '../process/git-session.ts'
import type { ForkedRange } from './commit-range.ts'
import { openHistoryFeed } from './history-feed.ts'
import { listRange } from './list-range.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { walkRange } from './walk-range.ts'

/** From where to where a ref was moved; commits, not tags. */
export interface Move {
  readonly before: string
  readonly after: string
}

/** What {@link readRanges} reads with. */
export interface RangeReader {
  readonly session: GitSession
  readonly commits: CommitSource
}

/** Beyond it a process of its own is quicker than asking for one commit after the other. */
const maxWalkedPerRange = 128

/** The same for all ranges together. */
const maxNodes = 16_384

/** The same for commits and their parents, by all walks: each remembers what it has met, at about 200 bytes. */
const maxSteps = 1_048_576

/** Ranges that get a process each. More of them share one, which costs memory for the commits they pass. */
const maxListed = 4

const nothing: ForkedRange = { hashes: [], hasMore: false, isFastForward: true }

/** The commits in `after` and not in `before`, for each move by its {@link toRangeKey}. */
export type Ranges = ReadonlyMap<string, ForkedRange>

/** By {@link toRangeKey}. */
export type KnownRanges = ReadonlyMap<string, ForkedRange | Promise<ForkedRange>>

/** Names a move. */
export function toRangeKey({ before, after }: Move): string {
  return `${before}..${after}`
}

/**
 * Reads ranges by the cheapest of three ways to the same result: short ones over the commits that `cat-file` answers; a few long
 * ones with a `rev-list` each, which keeps nothing but the page; and many long ones over the commits that a single
 * `rev-list` tells for all of them.
 * @param known ranges that are read already, or being read
 */
export async function readRanges(
  { session, commits }: RangeReader,
  moves: readonly Move[],
  maxCount: number,
  known: KnownRanges,
): Promise<Ranges> {
  const ranges = new Map<string, ForkedRange>()
  const far = new Map<string, Move>()
  const pacer = createPacer(session)
  let nearSteps = 0
  const nearPacer: Pacer = {
    step: (steps) => {
      nearSteps += steps
      return pacer.step(steps)
    },
  }
  const isSpent = (takenCount: number): boolean =>
    takenCount === maxWalkedPerRange || commits.nodeCount() > maxNodes || nearSteps > maxSteps

  async function readNear(key: string, move: Move): Promise<void> {
    const { before, after } = move
    const given = before === after ? nothing : known.get(key)
    const range = await (given ?? walkRange(commits, before, after, maxCount, { isSpent, pacer: nearPacer }))
    if (range === null) far.set(key, move)
    else ranges.set(key, range)
  }

  const distinct = new Map(moves.map((move) => [toRangeKey(move), move]))
  await Promise.all([...distinct].map(([key, move]) => readNear(key, move)))
  if (far.size <= maxListed) {
    await Promise.all(
      [...far].map(async ([key, { before, after }]) => {
        ranges.set(key, await listRange(session, before, after, maxCount))
      }),
    )
    return ranges
  }
  for await (const [key, range] of walkFar(session, far, maxCount, pacer)) ranges.set(key, range)
  return ranges
}

/** One walk after the other, so that what they remember is that of one. */
async function* walkFar(
  session: GitSession,
  far: ReadonlyMap<string, Move>,
  maxCount: number,
  pacer: Pacer,
): AsyncGenerator<readonly [string, ForkedRange]> {
  const tips = new Set([...far.values()].flatMap(({ before, after }) => [after, before]))
  const feed = openHistoryFeed(session, [...tips])
  for (const [key, { before, after }] of far) {
    const range = await walkRange(feed, before, after, maxCount, { isSpent: () => false, pacer })
    if (range !== null) yield [key, range]
  }
  await feed.end()
}
