import { expect, test } from 'vitest'
import { createHousekeeping, defaultRetention } from '../../src/worker/maintenance.ts'

/** Rounds of a house whose store has so many waits to mend in its first pass. Gives the steps that a round makes. */
function prepare(mendedCount: number, everyMs: number) {
  const steps: string[] = []
  const roundEnded = Promise.withResolvers<void>()
  const closing = new AbortController()
  const note = <Answer>(step: string, answer: Answer) => {
    steps.push(step)
    return Promise.resolve(answer)
  }
  const store = {
    mendWaits: () => note('mend', { mendedCount, cursor: null }),
    mendTimes: () => note('mend times', { mendedCount: 0, cursor: null }),
    endOverdue: () => note('end', []),
    trimDisabled: () => note('trim', { ended: [], cursor: null }),
    prune: () => {
      roundEnded.resolve()
      return note('prune', null)
    },
    listDeliveries: () => Promise.resolve({ deliveries: [], next: null, storeNow: 0 }),
  }
  const house = createHousekeeping(
    store,
    {
      retention: { ...defaultRetention, everyMs },
      waits: { maxFirstWaitMs: 1, maxRetryWaitMs: 2, maxParkMs: 3 },
      report: () => {},
      onMended: () => void steps.push('mended'),
      onAged: () => Promise.resolve(),
    },
    closing.signal,
  )
  const ended = house.run()
  return {
    steps,
    roundEnded: roundEnded.promise,
    close: async () => {
      closing.abort()
      await ended
    },
  }
}

test('a round ends what is old', async () => {
  const { steps, roundEnded, close } = prepare(0, 3_600_000)
  await roundEnded
  await close()
  expect(steps).toEqual(['mend', 'end', 'trim', 'prune'])
})

test('what was mended gets a round to be claimed before anything is ended for its age', async () => {
  const { steps, close } = prepare(3, 3_600_000)
  // More turns than a whole round takes.
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
  await close()
  expect(steps).toEqual(['mend', 'mended'])
})

test('the round after that ends what is old', async () => {
  const { steps, roundEnded, close } = prepare(3, 1)
  await roundEnded
  await close()
  expect(steps.slice(0, 2)).toEqual(['mend', 'mended'])
  expect(steps.slice(-3)).toEqual(['end', 'trim', 'prune'])
})
