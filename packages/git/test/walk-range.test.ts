import { setImmediate } from 'node:timers/promises'
import { GitError } from '@posthorn/git'
import { expect, test } from 'vitest'
import type { CommitNode } from '../src/objects/commit-node.ts'
import { createPacer } from '../src/ranges/pacer.ts'
import { type NodeSource, walkRange } from '../src/ranges/walk-range.ts'

const endless = { checkDeadline: () => undefined }
const isSpent = () => false

function createSource(nodes: Iterable<CommitNode>): NodeSource {
  const known = new Map([...nodes].map((node) => [node.hash, node]))
  return { node: (hash) => known.get(hash) ?? null, loadNodes: () => Promise.resolve() }
}

/** `name-0` to `name-<count>`, each the only parent of the next. */
function createLine(name: string, count: number, startAt: number): readonly CommitNode[] {
  return Array.from({ length: count }, (_, index) => ({
    hash: `${name}-${index}`,
    parents: index === 0 ? [] : [`${name}-${index - 1}`],
    committedAt: startAt + index,
  }))
}

/** A merge of many roots, and a long line beside it which is older than the merge and newer than the roots. */
function createWideHistory(count: number): NodeSource {
  const roots = Array.from({ length: count }, (_, index) => ({
    hash: `root-${index}`,
    parents: [],
    committedAt: index,
  }))
  const merge = { hash: 'merge', parents: roots.map(({ hash }) => hash), committedAt: 3 * count }
  return createSource([...roots, merge, ...createLine('line', count, count)])
}

/** Counts the turns of the event loop until something is done. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  let isDone = false
  let turns = 0
  const done = work.finally(() => {
    isDone = true
  })
  done.catch(() => undefined)
  while (!isDone) {
    await setImmediate()
    turns += 1
  }
  await done
  return turns
}

test('a merge of 50,000 roots is no more work beside a long line than the line is', async () => {
  const limits = { isSpent, pacer: createPacer(endless) }
  const range = await walkRange(createWideHistory(50_000), 'merge', 'line-49999', 2, limits)
  expect(range).toEqual({ hashes: ['line-49999', 'line-49998'], hasMore: true, isFastForward: false })
})

test('nor is it more to see again and again that a line does not descend from the old commit', async () => {
  // What is walked last descends from it, so that a look at descent goes over all of the line before it fails.
  const line = createLine('line', 30_000, 100_000).map((node, index) =>
    index === 0 ? { ...node, parents: ['old'] } : node,
  )
  const alone = { hash: 'alone', parents: [], committedAt: 300_000 }
  const tip = { hash: 'tip', parents: ['alone', 'line-29999'], committedAt: 400_000 }
  // The old commit comes last. Each of those below it says that it is newer than all that is wanted, and takes one of that away.
  const past = createLine('past', 30_000, 200_000).map((node, index) => ({
    ...node,
    parents: [...node.parents, `line-${29_999 - index}`],
  }))
  const old = { hash: 'old', parents: ['past-29999'], committedAt: 1 }
  const limits = { isSpent, pacer: createPacer(endless) }
  const source = createSource([...line, alone, tip, ...past, old])
  const range = await walkRange(source, 'old', 'tip', 2, limits)
  expect(range).toMatchObject({ hashes: ['tip', 'alone'] })
})

test('a walk that waits for nothing lets the event loop in', async () => {
  const limits = { isSpent, pacer: createPacer(endless) }
  const walk = walkRange(createSource(createLine('line', 100_000, 0)), 'line-0', 'line-99999', 2, limits)
  expect(await countTurns(walk)).toBeGreaterThan(20)
})

test('so do many short ones', async () => {
  const limits = { isSpent, pacer: createPacer(endless) }
  const source = createSource(createLine('line', 1_000, 0))
  const walks = Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      walkRange(source, `line-${Math.max(0, index - 100)}`, `line-${index}`, 2, limits),
    ),
  )
  expect(await countTurns(walks)).toBeGreaterThan(5)
})

test('a walk ends when the deadline has passed', async () => {
  let checks = 0
  const pacer = createPacer({
    checkDeadline: () => {
      checks += 1
      if (checks === 3) throw new GitError({ code: 'git.failed', message: 'Too late.' })
    },
  })
  const source = createSource(createLine('line', 100_000, 0))
  const walk = walkRange(source, 'line-0', 'line-99999', 2, { isSpent, pacer })
  await expect(walk).rejects.toMatchObject({ code: 'git.failed' })
  expect(checks).toBe(3)
})
