import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createGitRepository } from '@posthorn/test-kit/git-repository'
import { fillRepository } from '../pushes/large-repository.ts'

/**
 * A push costs the memory of the page that is shown: of 100,000 commits, of 50,000 files, of 1,000 refs near and far, and with a
 * message of 50 MB, each read in a process of its own, as deep as the most demanding dialect wants it.
 */
const counts = { commits: 100_001, files: 50_000, messageBytes: 50_000_000 }
const refCount = 1_000
const detail = { maxCommits: 101, maxChanges: 500, changedPaths: true }
/** For the page of one ref. */
const maxGrowthBytes = 64 * 1024 * 1024
/** For the pages of 1,000 refs, which are 101,000 commits. */
const maxGrowthOfManyBytes = 256 * 1024 * 1024

await using repository = await createGitRepository()
const { line, wide, root, wordy } = await fillRepository(repository, counts)
const { gitDir, zeroId } = repository
const [tip = ''] = line
const toMove = (before = '', after = '') => ({ ref: 'refs/heads/main', before, after })
const toMoves = (distance: number) =>
  Array.from({ length: refCount }, (_, index) => ({
    ...toMove(line[index + distance], line[index]),
    ref: `refs/heads/${index}`,
  }))
/** At 500 commits, of which the last one has 100,000 below it. */
const toCreations = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...toMove(zeroId, line[index % 500]),
    ref: `refs/heads/${index}`,
  }))

const pushes = [
  { push: '1 commit', updates: [toMove(line[1], tip)] },
  { push: '100 commits', updates: [toMove(line[100], tip)] },
  { push: '100,000 commits', updates: [toMove(line[100_000], tip)] },
  { push: '100,000 commits of a new branch', updates: [toMove(zeroId, tip)] },
  { push: '50,000 files', updates: [toMove(root, wide)] },
  { push: 'a message of 50 MB', updates: [toMove(tip, wordy)] },
  { push: 'a message of 50 MB, twice', updates: [toMove(tip, wordy), toMove(zeroId, wordy)] },
  { push: '1,000 refs by 100 commits', updates: toMoves(100), isMany: true },
  { push: '1,000 refs by 1,000 commits', updates: toMoves(1_000), isMany: true },
  { push: '1,000 new branches', updates: toCreations(1_000), isMany: true },
]

const results = []
for (const { push, updates, isMany = false } of pushes) {
  const { peakBytes, ...rest } = await read(updates)
  results.push({ push, isMany, peakBytes, ...rest })
  console.log(`large-pushes: ${push}: ${JSON.stringify(rest)}, ${Math.round(peakBytes / 1024 / 1024)} MB`)
}
const [smallest] = results
assert.ok(smallest !== undefined)
for (const { push, isMany, peakBytes } of results) {
  const room = isMany ? maxGrowthOfManyBytes : maxGrowthBytes
  assert.ok(peakBytes - smallest.peakBytes < room, `${push} costs memory`)
}

async function read(updates: unknown): Promise<{ readonly ms: number; readonly peakBytes: number }> {
  const file = fileURLToPath(import.meta.resolve('../pushes/child.ts'))
  const child = spawn(process.execPath, ['--conditions=@posthorn/source', file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify({ gitDir, updates, detail }))
  const [output, exit] = await Promise.all([text(child.stdout), once(child, 'exit')])
  assert.deepEqual(exit, [0, null], 'a push could not be read')
  return JSON.parse(output)
}
