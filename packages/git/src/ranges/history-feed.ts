import { type CommitNode, toNodeBytes } from '../objects/commit-node.ts'
import { checkObjectId } from '../objects/object-id.ts'
import type { GitSession } from '../process/git-session.ts'
import type { NodeSource } from './walk-range.ts'

/** Commits as one process tells them, no more of them than walks have asked for and a pipe holds. */
export interface HistoryFeed extends NodeSource {
  /** Ends the process; resolves when it is gone. */
  end(): Promise<void>
}

/** One `git rev-list` over all that can be reached from some commits, newest first. */
export function openHistoryFeed(session: GitSession, tips: readonly string[]): HistoryFeed {
  const nodes = new Map<string, CommitNode>()
  let rest = ''
  let isOver = false
  let wake: (() => void) | null = null

  function signal(): void {
    wake?.()
    wake = null
  }

  const args = ['rev-list', '--parents', '--timestamp', '--ignore-missing', '--stdin']
  const git = session.start(args, take, 'full')
  function take(chunk: Buffer): void {
    const text = rest + chunk.toString('latin1')
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const [at, hash = '', ...parents] = text.slice(start, end).split(' ')
      const node = { hash, parents, committedAt: Number(at) }
      session.keep(toNodeBytes(node))
      nodes.set(hash, node)
      start = end + 1
    }
    rest = text.slice(start)
    git.pause()
    signal()
  }
  git.write(tips.map((tip) => `${checkObjectId(tip)}\n`).join(''))
  git.end()
  const ended = git.closed.finally(() => {
    isOver = true
    signal()
  })
  ended.catch(() => undefined)

  return {
    node: (hash) => nodes.get(hash) ?? (isOver ? null : undefined),
    loadNodes: async (hashes) => {
      while (!isOver && hashes.some((hash) => !nodes.has(hash))) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        git.resume()
        await woken
      }
      if (isOver) await ended
    },
    end: () => {
      git.stop()
      return git.closed
    },
  }
}
