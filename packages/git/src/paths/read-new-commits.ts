import { isZeroId } from '@posthorn/core'
import { toNodeBytes } from '../objects/commit-node.ts'
import { checkObjectId } from '../objects/object-id.ts'
import type { GitSession } from '../process/git-session.ts'
import { createFieldSplitter } from '../process/nul-fields.ts'
import type { PushUpdate } from '../push-update.ts'

/** The commits that came to a repository with the branches that a push created. */
export interface NewCommits {
  /** By commit. Those of all branches together, the newest first. */
  readonly parents: ReadonlyMap<string, readonly string[]>
  /** Whether they are all. */
  readonly isWhole: boolean
}

/** Commits listed of a push; a diff is made of each. */
const maxNewCommits = 1_000

/** Parents of all of them together: a diff of a merge compares it with each. */
const maxParents = 65_536

/** A commit with more parents than are listed anyway has a longer line. */
const maxLineBytes = 65 * (maxParents + 1)

/** Beyond it a name is no more that of a branch that was pushed. */
const maxRefBytes = 65_536

const newline = 0x0a

const bytesPerId = 128

/**
 * Lists the commits of created branches that no branch reached before the push: neither one that the push left alone, nor one where
 * it was before the push. Tags and other refs do not count, since no filter by path hears of them. One process for the
 * branches and one for the commits; both end when half of the time is over.
 * @returns null if it is not known what the branches reached
 */
export async function readNewCommits(
  session: GitSession,
  tips: Iterable<string>,
  updates: readonly PushUpdate[],
): Promise<NewCommits | null> {
  const known = await readOtherBranches(session, new Set(updates.map(({ ref }) => ref)))
  if (known === null) return null
  for (const { ref, before } of updates) {
    if (ref.startsWith('refs/heads/') && !isZeroId(before)) known.add(before)
  }
  return listCommits(session, toLines(tips, known))
}

/** What the branches point to that the push did not touch; null if there was no time or room for them all. */
async function readOtherBranches(
  session: GitSession,
  touched: ReadonlySet<string>,
): Promise<Set<string> | null> {
  const ids = new Set<string>()
  let isWhole = true
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/']
  const git = session.start(args, createFieldSplitter(maxRefBytes, takeLine, newline), 'full')
  session.onHalfTime(stop)
  function stop(): void {
    isWhole = false
    git.stop()
  }
  function takeLine(line: Buffer): void {
    const space = line.indexOf(0x20)
    const name = line.subarray(space + 1)
    // A host may have read a name that is not UTF-8 in either way.
    if (touched.has(name.toString('utf8')) || touched.has(name.toString('latin1'))) return
    if (session.keepOptional(bytesPerId)) ids.add(line.toString('latin1', 0, space))
    else stop()
  }
  git.end()
  await git.closed
  return isWhole ? ids : null
}

async function listCommits(session: GitSession, lines: Iterable<string>): Promise<NewCommits> {
  const parents = new Map<string, readonly string[]>()
  let parentCount = 0
  let isWhole = true
  const args = ['rev-list', '--parents', '--ignore-missing', '--stdin']
  const git = session.start(args, createFieldSplitter(maxLineBytes, takeLine, newline), 'full')
  session.onHalfTime(stop)
  function stop(): void {
    isWhole = false
    git.stop()
  }
  function takeLine(line: Buffer, isCut: boolean): void {
    // What was on its way when it was stopped still comes.
    if (!isWhole) return
    if (isCut || parents.size === maxNewCommits) {
      stop()
      return
    }
    const [hash = '', ...others] = line.toString('latin1').split(' ')
    parentCount += others.length
    if (parentCount > maxParents || !session.keepOptional(toNodeBytes({ hash, parents: others }))) {
      stop()
      return
    }
    parents.set(hash, others)
  }
  await git.writeAll(lines)
  await git.closed
  return { parents, isWhole }
}

function* toLines(tips: Iterable<string>, known: Iterable<string>): Generator<string> {
  for (const tip of tips) yield checkObjectId(tip)
  for (const id of known) yield `^${checkObjectId(id)}`
}
