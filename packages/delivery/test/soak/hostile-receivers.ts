import assert from 'node:assert/strict'
import { openHostileTargets, sendAll } from './hostile-targets.ts'

/**
 * 10,000 attempts over receivers that answer in every bad way, failures of TLS among them, cost no more memory than 2,000, leave no
 * socket and no timer behind, and none of them lasts far past its deadline. A process of its own, with `--expose-gc`.
 */
const countBefore = 2_000
const count = 10_000
const deadlineMs = 2_000
/** How far past its deadline an attempt may end on a machine that does much else. */
const maxOvershootMs = 1_000
const maxHeapGrowthBytes = 8 * 1024 * 1024
/** Measured over 27,000 attempts, it goes up and down by 90 MB without a trend, for what malloc keeps of ended TLS sockets. */
const maxRssGrowthBytes = 96 * 1024 * 1024

const resourcesBefore = countResources()
const targets = await openHostileTargets(deadlineMs)
const first = await sendAll(targets, countBefore)
const before = await readMemory()
const second = await sendAll(targets, count - countBefore)
const after = await readMemory()
await targets.close()
const left = await waitForResources(resourcesBefore)

console.table(
  Object.entries(second.wordsByTarget).map(([target, words]) => ({ target, words: [...words].join(', ') })),
)
const toMegabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
console.table([
  { attempts: countBefore, heapMb: toMegabytes(before.heapUsed), rssMb: toMegabytes(before.rss) },
  { attempts: count, heapMb: toMegabytes(after.heapUsed), rssMb: toMegabytes(after.rss) },
])
const longestMs = Math.max(first.longestMs, second.longestMs)
console.log(`hostile-receivers: the longest of ${count} attempts took ${longestMs} ms of ${deadlineMs} ms`)
assert.ok(longestMs < deadlineMs + maxOvershootMs, 'an attempt lasted far past its deadline')
assert.deepEqual(second.unexpected, [], 'a receiver got another word than its own')
assert.ok(after.heapUsed - before.heapUsed < maxHeapGrowthBytes, 'attempts cost heap')
assert.ok(after.rss - before.rss < maxRssGrowthBytes, 'attempts cost memory')
assert.deepEqual(left, resourcesBefore, 'sockets or timers are left')

async function readMemory(): Promise<NodeJS.MemoryUsage> {
  // What was freed by one collection may hold what the next one frees.
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => void setImmediate(resolve))
    globalThis.gc?.()
  }
  return process.memoryUsage()
}

/** Sockets and timers that keep the process alive, by kind. */
function countResources(): Readonly<Record<string, number>> {
  const kinds = process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout|UDP/.test(kind))
  return Object.fromEntries(
    [...new Set(kinds)].toSorted().map((kind) => [kind, kinds.filter((other) => other === kind).length]),
  )
}

/** Sockets close in turns of the event loop of their own. */
async function waitForResources(
  wanted: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (JSON.stringify(countResources()) === JSON.stringify(wanted)) break
    await new Promise((resolve) => void setImmediate(resolve))
  }
  return countResources()
}
