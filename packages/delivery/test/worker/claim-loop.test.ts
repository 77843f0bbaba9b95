import { setTimeout as pause } from 'node:timers/promises'
import type { DueAnswer } from '@posthorn/core'
import { expect, test } from 'vitest'
import { createTurnEnd } from '../../src/timing/turn-end.ts'
import { type ClaimResult, createClaimLoop, noRoom } from '../../src/worker/claim-loop.ts'

/** More than a round may take before the loop rests after it. */
const longRoundMs = 60

const gave: ClaimResult = { kind: 'gave', hasMoreQueues: false, queuesWithMoreKeys: [] }
const nothing: ClaimResult = { ...gave, kind: 'nothing' }
const moreToVisit: ClaimResult = { ...nothing, hasMoreQueues: true }

/** A loop whose claims are told what comes of them, and what they were asked for. */
function startLoop(
  claim: (only: readonly string[] | null) => Promise<ClaimResult>,
  nextDue: (cursor: string | null) => Promise<DueAnswer> = async () => ({ dueInMs: null, cursor: null }),
) {
  const closing = new AbortController()
  const asked: (readonly string[] | null)[] = []
  const loop = createClaimLoop(
    { nextDue },
    (only) => {
      asked.push(only)
      return claim(only)
    },
    { pollMs: 3_600_000, keepAlive: true, turnEnd: createTurnEnd(), report: () => {} },
    closing.signal,
  )
  const ended = loop.run()
  return {
    asked,
    wake: (queues: readonly string[]) => loop.wake(queues),
    async stop() {
      closing.abort()
      await ended
    },
  }
}

test('while a round through many queues goes on, a queue that was written to is looked at in between', async () => {
  const visits = [Promise.withResolvers<ClaimResult>(), Promise.withResolvers<ClaimResult>()]
  const rounds = [...visits]
  const loop = startLoop(async (only) => {
    if (only !== null) return gave
    return rounds.shift()?.promise ?? nothing
  })
  visits[0]?.resolve(moreToVisit)
  await createTurnEnd()()
  loop.wake(['a', 'b'])
  loop.wake(['a'])
  visits[1]?.resolve(moreToVisit)
  await createTurnEnd()()
  expect(loop.asked).toEqual([null, null, ['a', 'b'], null])
  await loop.stop()
})

test('and while it is asked when the many queues are due', async () => {
  const results: ClaimResult[] = [moreToVisit, nothing]
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<DueAnswer>()
  const loop = startLoop(
    async (only) => (only === null ? (results.shift() ?? noRoom) : gave),
    (cursor) => {
      if (cursor !== null) return Promise.resolve({ dueInMs: null, cursor: null })
      asked.resolve()
      return answer.promise
    },
  )
  await asked.promise
  loop.wake(['a'])
  answer.resolve({ dueInMs: null, cursor: 'behind' })
  await createTurnEnd()()
  expect(loop.asked.slice(0, 3)).toEqual([null, null, ['a']])
  await loop.stop()
})

test('where one claim sees every queue, a wake only makes the next claim', async () => {
  const loop = startLoop(async () => nothing)
  await createTurnEnd()()
  loop.wake(['a'])
  await createTurnEnd()()
  await createTurnEnd()()
  expect(loop.asked).toEqual([null, null])
  await loop.stop()
})

test('claims go on at once while they give something, and while queues are left', async () => {
  const results: ClaimResult[] = [gave, moreToVisit, gave, nothing]
  const loop = startLoop(async () => results.shift() ?? noRoom)
  await createTurnEnd()()
  expect(loop.asked).toHaveLength(4)
  await loop.stop()
})

test('after a round that took long the loop rests, but for queues that are written to', async () => {
  const fresh = Promise.withResolvers<readonly string[]>()
  let isFound = false
  const loop = startLoop(async (only) => {
    if (only === null) {
      await pause(longRoundMs)
      return nothing
    }
    isFound = true
    fresh.resolve(only)
    return gave
  })
  while (!isFound) {
    loop.wake(['a'])
    await createTurnEnd()()
  }
  expect(await fresh.promise).toEqual(['a'])
  await loop.stop()
})

test('queues that were looked at in part are gone on with alone, each until its last key', async () => {
  const left = new Map([
    ['a', 2],
    ['b', 1],
  ])
  const loop = startLoop(async (only) => {
    if (only === null) return { ...nothing, queuesWithMoreKeys: ['a', 'b'] }
    for (const queue of only) left.set(queue, (left.get(queue) ?? 0) - 1)
    return { ...nothing, queuesWithMoreKeys: only.filter((queue) => (left.get(queue) ?? 0) > 0) }
  })
  await createTurnEnd()()
  expect(loop.asked).toEqual([null, ['a', 'b'], ['a']])
  await loop.stop()
})

test('a slot that becomes free while order keys are looked through is filled, as long as that gives something', async () => {
  const ofAll: ClaimResult[] = [nothing, gave, nothing]
  let keyClaimCount = 0
  const loop = startLoop(async (only) => {
    if (only === null)
      return { ...(ofAll.shift() ?? noRoom), queuesWithMoreKeys: keyClaimCount < 4 ? ['a'] : [] }
    keyClaimCount += 1
    loop.wake([])
    return { ...nothing, queuesWithMoreKeys: keyClaimCount < 4 ? ['a'] : [] }
  })
  await createTurnEnd()()
  expect(loop.asked.slice(0, 7)).toEqual([null, ['a'], null, ['a'], null, ['a'], ['a']])
  await loop.stop()
})
