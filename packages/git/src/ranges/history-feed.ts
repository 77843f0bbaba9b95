import { GitError } from '../errors.ts'
import { type CommitNode, toNodeBytes } from '../objects/commit-node.ts'
import { checkObjectId } from '../objects/object-id.ts'
import type { GitSession } from '../process/git-session.ts'
import { createFieldSplitter } from '../process/nul-fields.ts'
import type { NodeSource } from './walk-range.ts'

/** Commits as one process tells them, no more of them than walks have asked for and a pipe holds. */
export interface HistoryFeed extends NodeSource {
  /** Ends the process; resolves when it is gone. */
  end(): Promise<void>
}

/** A merge of a million parents has such a line. */
const maxLineBytes = 67_108_864

const newline = 0x0a

/** One `git rev-list` over all that can be reached from some commits, newest first. */
export function openHistoryFeed(session: GitSession, tips: readonly string[]): HistoryFeed {
  const nodes = new Map<string, CommitNode>()
  let isOver = false
  let wake: (() => void) | null = null

  function signal(): void {
    wake?.()
    wake = null
  }

  const args = ['rev-list', '--parents', '--timestamp', '--ignore-missing', '--stdin']
  const split = createFieldSplitter(maxLineBytes, takeLine, newline)
  const git = session.start(args, take, 'full')
  function take(chunk: Buffer): void {
    split(chunk)
    git.pause()
    signal()
  }
  function takeLine(line: Buffer, isCut: boolean): void {
    if (isCut) {
      const message = `git rev-list printed a line of more than ${maxLineBytes} bytes.`
      throw new GitError({ code: 'git.output-too-large', message })
    }
    const [at, hash = '', ...parents] = line.toString('latin1').split(' ')
    const node = { hash, parents, committedAt: Number(at) }
    session.keep(toNodeBytes(node))
    nodes.set(hash, node)
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
