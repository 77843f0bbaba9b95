import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEmitter, createMemoryStore } from '../src/index.ts'
import { failing, receive } from './delivery-fixture.ts'
import { createPush, loopback, site, subject } from './samples.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** What happens, one after the other; the clock is off by so much from then on. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('emit' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      offMs: fc.integer({ min: -20 * day, max: 20 * day }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      with: fc.constantFrom('accepted' as const, 'failing' as const, 'tooMany' as const),
    }),
  },
)

const emit = { kind: 'emit' } as const
const emittedBehind = [
  { kind: 'answer', with: 'tooMany' } as const,
  emit,
  { kind: 'clock', offMs: -6 * day } as const,
  emit,
]
const failedAhead = [
  { kind: 'clock', offMs: day + hour } as const,
  { kind: 'answer', with: 'failing' } as const,
  emit,
]

const answers = {
  accepted: { kind: 'status', status: 200 },
  failing,
  tooMany: { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
} as const

test('whatever the clock did, everything is delivered within the longest wait once it is right again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 12 }), async (happenings) => {
      const clock = createManualClock()
      const start = clock.now()
      let answer: keyof typeof answers = 'accepted'
      let passEnded = Promise.withResolvers<void>()
      const store = createWatchedStore(
        createMemoryStore(),
        () => {},
        ({ method }) => method === 'mendWaits' && passEnded.resolve(),
      )
      const receiver = await receive({ answers: () => answers[answer] })
      const emitter = await createEmitter({
        site,
        store,
        clock,
        addresses: loopback,
        pollMs: 10,
        retry: { delaysMs: [0, ...Array.from({ length: 30 }, () => 10 * minute)] },
        retention: { everyMs: 5 },
      })
      try {
        await emitter.subscriptions.create({ subject, url: receiver.url })
        for (const event of happenings) {
          if (event.kind === 'emit') await emitter.emit(createPush())
          else if (event.kind === 'answer') answer = event.with
          else clock.advance(start + event.offMs - clock.now())
          await emitter.idle()
        }
        answer = 'accepted'
        clock.advance(start - clock.now())
        // The one that is under way may have begun before.
        for (let passes = 0; passes < 2; passes += 1) {
          passEnded = Promise.withResolvers()
          await passEnded.promise
        }
        for (let passedMs = 0; passedMs <= day; passedMs += hour) {
          await emitter.idle()
          clock.advance(hour)
        }
        await emitter.idle()
        const { deliveries } = await emitter.deliveries.list()
        expect(deliveries.filter(({ state }) => state !== 'delivered')).toEqual([])
      } finally {
        await emitter.stop({ timeoutMs: 100 })
      }
    }),
    { numRuns: 60, examples: [[emittedBehind], [failedAhead]] },
  )
})
