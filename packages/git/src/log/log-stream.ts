import type { FileChange, Page } from '@posthorn/core'
import { createChangeCollector } from '../changes/change-collector.ts'
import { rawDiffOptions } from '../changes/raw-diff-options.ts'
import { checkObjectId } from '../objects/object-id.ts'
import { maxTextBytes } from '../objects/object-reader.ts'
import type { GitSession } from '../process/git-session.ts'
import { createFieldSplitter } from '../process/nul-fields.ts'
import { type LogCommit, logFieldCount, logFormat, parentsField, parseLogCommit } from './parse-log-commit.ts'

/** What a {@link readLogStream} reads, and whom it tells. */
export interface LogStreamOptions {
  /** Ids of commits. One that is not there is passed over. */
  readonly tips: readonly string[]
  readonly maxCount: number
  /** 0 for no changes at all. */
  readonly maxChanges: number
  /**
   * Hears of each commit, newest first, before its changes are known.
   * @returns whether nothing further is wanted
   */
  readonly onCommit: (commit: LogCommit) => boolean
  /** Hears of the changes of a commit, against its first parent, when they are all there. */
  readonly onChanges: (hash: string, changes: Page<FileChange>) => void
}

/** `git log` is made for people, and much of it can be configured; all that could show here is fixed. */
const args: readonly string[] = [
  'log',
  '--stdin',
  '-z',
  '--ignore-missing',
  '--encoding=UTF-8',
  '--no-color',
  '--no-decorate',
  '--no-mailmap',
  '--no-notes',
  '--no-show-signature',
  `--format=${logFormat}`,
]

const diffArgs: readonly string[] = [
  ...rawDiffOptions,
  '--diff-merges=first-parent',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
]

/**
 * Commits together with their changes by one `git log`, in its default order, until enough is known.
 * @returns whether all was told that was asked for; false if git failed on the way, of which the commits told so far are right
 */
export async function readLogStream(session: GitSession, options: LogStreamOptions): Promise<boolean> {
  const { tips, maxCount, maxChanges, onCommit, onChanges } = options
  const collector = createChangeCollector(session, maxChanges)
  let fields: Buffer[] = []
  let isOdd = false
  let current: string | null = null
  let isDone = false
  let isBroken = false

  function endCommit(): void {
    const changes = collector.finish()
    if (current !== null && maxChanges > 0) onChanges(current, changes)
    current = null
  }

  function takeField(field: Buffer, isCut: boolean): void {
    if (isDone) return
    if (fields.length === 0) {
      // Between a commit and its changes, and behind them, stand empty fields.
      if (field.length === 0 || collector.take(field, isCut)) return
      endCommit()
    }
    fields.push(field)
    if (isCut && fields.length === parentsField) {
      // Nothing that follows can be trusted without all of them.
      isDone = true
      isBroken = true
      git.stop()
      return
    }
    if (fields.length < logFieldCount) {
      isOdd ||= isCut
      return
    }
    session.keep(fields.reduce((sum, { length }) => sum + length, 0))
    const { node, isDated, commit } = parseLogCommit(fields, isCut)
    isDone = onCommit({ node, isDated, commit: isOdd ? null : commit })
    if (isDone) git.stop()
    current = node.hash
    fields = []
    isOdd = false
  }

  const git = session.start(
    [...args, `--max-count=${maxCount}`, ...(maxChanges > 0 ? diffArgs : [])],
    createFieldSplitter(maxTextBytes, takeField),
  )
  git.write(tips.map((tip) => `${checkObjectId(tip)}\n`).join(''))
  git.end()
  try {
    await git.closed
  } catch {
    // Whatever it failed on, another way of reading will meet it again and tell it better.
    return false
  }
  if (!isDone) endCommit()
  return !isBroken
}
