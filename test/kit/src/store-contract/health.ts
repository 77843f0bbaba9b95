import { laneScope, subscriptionScope } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import { addSubscription } from './samples.ts'

const update = {
  parkForMs: null,
  maxLeasedCount: null,
  state: { phase: { kind: 'closed' }, failureCount: 3 },
}
const lane = laneScope('https://one.example')

export function healthContract(contractTest: ContractTest): void {
  contractTest('a scope that never failed has no record', async ({ one }) => {
    expect(await one.readHealth(lane)).toBeNull()
  })

  contractTest(
    'a record is written with version 1 and read on the other handle',
    async ({ one, two, ids }) => {
      const scope = subscriptionScope((await addSubscription(one, ids)).id)
      const outcome = await one.compareAndSetHealth(scope, 0, {
        ...update,
        parkForMs: 5_000,
        maxLeasedCount: 2,
      })
      const expected = {
        scope,
        version: 1,
        parkedUntil: outcome.storeNow + 5_000,
        maxLeasedCount: 2,
        state: update.state,
      }
      expect(outcome).toEqual({ kind: 'set', record: expected, storeNow: outcome.storeNow })
      expect(await two.readHealth(scope)).toEqual(expected)
    },
  )

  contractTest('each update replaces the whole record and raises its version', async ({ one, two }) => {
    await one.compareAndSetHealth(lane, 0, {
      parkForMs: 5_000,
      maxLeasedCount: 1,
      state: { a: [1, 'x', null] },
    })
    const { record } = await two.compareAndSetHealth(lane, 1, update)
    expect(record).toEqual({
      scope: lane,
      version: 2,
      parkedUntil: null,
      maxLeasedCount: null,
      state: update.state,
    })
  })

  contractTest(
    'an update from an old version is a conflict that shows what stands there',
    async ({ one, two }) => {
      await one.compareAndSetHealth(lane, 0, update)
      const { record } = await one.compareAndSetHealth(lane, 1, update)
      for (const version of [0, 1, 3]) {
        expect(await two.compareAndSetHealth(lane, version, { ...update, state: 'other' })).toMatchObject({
          kind: 'conflict',
          record,
        })
      }
      expect(await one.readHealth(lane)).toEqual(record)
    },
  )

  contractTest('an update of what does not exist is a conflict without a record', async ({ one }) => {
    expect(await one.compareAndSetHealth(lane, 1, update)).toMatchObject({ kind: 'conflict', record: null })
    expect(await one.readHealth(lane)).toBeNull()
  })

  contractTest('of many first updates at a time exactly one wins', async ({ one, two }) => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, place) =>
        (place % 2 === 0 ? one : two).compareAndSetHealth(lane, 0, { ...update, state: place }),
      ),
    )
    expect(outcomes.filter(({ kind }) => kind === 'set')).toHaveLength(1)
    expect(await one.readHealth(lane)).toMatchObject({ version: 1 })
  })

  contractTest('no update is lost when losers begin again from what stands there', async ({ one, two }) => {
    const add = async (store: typeof one) => {
      let record = await store.readHealth(lane)
      for (;;) {
        const count = typeof record?.state === 'number' ? record.state : 0
        const outcome = await store.compareAndSetHealth(lane, record?.version ?? 0, {
          ...update,
          state: count + 1,
        })
        if (outcome.kind === 'set') return
        record = outcome.record
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, place) => add(place % 2 === 0 ? one : two)))
    expect(await two.readHealth(lane)).toMatchObject({ version: 20, state: 20 })
  })

  contractTest('scopes are kept apart', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    await one.compareAndSetHealth(subscriptionScope(record.id), 0, update)
    expect(await one.readHealth(laneScope(record.id))).toBeNull()
    expect(await one.readHealth(laneScope(record.content.lane))).toBeNull()
  })

  contractTest(
    'the state is kept as it was, whatever its writer does to it afterwards',
    async ({ one, two }) => {
      const state = { failedAt: { a: 1 } }
      await one.compareAndSetHealth(lane, 0, { ...update, state })
      state.failedAt.a = 2
      expect((await two.readHealth(lane))?.state).toEqual({ failedAt: { a: 1 } })
    },
  )
}
