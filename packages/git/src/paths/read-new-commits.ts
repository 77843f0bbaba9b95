import { isZeroId } from '@posthorn/core'
import type { GitSession } from '../process/git-session.ts'
import type { PushUpdate } from '../push-update.ts'

/** The commits that came to a repository with the branches that a push created. */
export interface NewCommits {
  /** Those that can be reached from a created branch; `isWhole` is false if they are not all. */
  of(tip: string): { readonly hashes: readonly string[]; readonly isWhole: boolean }
}

/** Commits listed of a push; a diff is made of each. */
const maxNewCommits = 1_000

const bytesPerId = 128

/**
 * Lists the commits of created branches that no branch reached before the push: neither one that the push left alone, nor one where
 * it was before the push. Tags and other refs do not count, since no filter by path hears of them. One process for the
 * branches and one for the commits.
 */
export async function readNewCommits(
  session: GitSession,
  tips: readonly string[],
  updates: readonly PushUpdate[],
): Promise<NewCommits> {
  const known = await readOtherBranches(session, new Set(updates.map(({ ref }) => ref)))
  for (const { ref, before } of updates) {
    if (ref.startsWith('refs/heads/') && !isZeroId(before)) known.add(before)
  }
  const { parents, isWhole } = await listCommits(session, tips, known)
  return {
    of: (tip) => ({ hashes: [...reach(tip, parents)], isWhole }),
  }
}

/** What the branches point to that the push did not touch. */
async function readOtherBranches(session: GitSession, touched: ReadonlySet<string>): Promise<Set<string>> {
  const ids = new Set<string>()
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/']
  const git = session.start(args, splitLines(takeLine), 'full')
  function takeLine(line: Buffer): void {
    const space = line.indexOf(0x20)
    const name = line.subarray(space + 1)
    // A host may have read a name that is not UTF-8 in either way.
    if (touched.has(name.toString('utf8')) || touched.has(name.toString('latin1'))) return
    session.keep(bytesPerId)
    ids.add(line.toString('latin1', 0, space))
  }
  git.end()
  await git.closed
  return ids
}

async function listCommits(
  session: GitSession,
  tips: readonly string[],
  known: ReadonlySet<string>,
): Promise<{ readonly parents: ReadonlyMap<string, readonly string[]>; readonly isWhole: boolean }> {
  const parents = new Map<string, readonly string[]>()
  let isWhole = true
  const args = ['rev-list', '--parents', '--ignore-missing', '--stdin']
  const git = session.start(args, splitLines(takeLine), 'full')
  function takeLine(line: Buffer): void {
    if (parents.size === maxNewCommits) {
      isWhole = false
      git.stop()
      return
    }
    const [hash = '', ...others] = line.toString('latin1').split(' ')
    parents.set(hash, others)
  }
  for (const tip of tips) git.write(`${tip}\n`)
  for (const id of known) git.write(`^${id}\n`)
  git.end()
  await git.closed
  return { parents, isWhole }
}

/** Of the listed commits, those that can be reached from one. */
function reach(tip: string, parents: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>()
  const pending = [tip]
  for (let hash = pending.pop(); hash !== undefined; hash = pending.pop()) {
    const below = parents.get(hash)
    if (below === undefined || reached.has(hash)) continue
    reached.add(hash)
    pending.push(...below)
  }
  return reached
}

function splitLines(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      onLine(bytes.subarray(start, end))
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
}
