import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import {
  addSubscription,
  appendOne,
  claimIds,
  claimOne,
  delivered,
  readDelivery,
  settleOne,
} from './samples.ts'

export function cancelContract(contractTest: ContractTest): void {
  contractTest(
    'unfinished deliveries are cancelled, each with its own outcome in the order given',
    async (stores) => {
      const { one, two, ids } = stores
      const record = await addSubscription(one, ids)
      const done = await appendOne(one, ids, record)
      await settleOne(one, await claimOne(one), delivered)
      const leased = await appendOne(one, ids, record)
      const claimed = await claimOne(one)
      const pending = await appendOne(one, ids, record)
      expect(await two.cancelDeliveries([pending, done, ids.next(), leased, pending])).toEqual([
        'cancelled',
        'already-final',
        'not-found',
        'cancelled',
        'already-final',
      ])
      for (const id of [pending, leased]) {
        expect(await readDelivery(one, id)).toMatchObject({
          state: 'cancelled',
          reason: 'by-host',
          dueAt: null,
        })
      }
      expect(await settleOne(one, claimed, delivered)).toBe('lease-lost')
      expect(await claimIds(one)).toEqual([])
      expect((await readDelivery(one, done)).state).toBe('delivered')
    },
  )

  contractTest('a delivery is cancelled or settled, never both', async ({ one, two, ids }) => {
    const id = await appendOne(one, ids, await addSubscription(one, ids))
    const claimed = await claimOne(one)
    const [[cancelled], settled] = await Promise.all([
      two.cancelDeliveries([id]),
      settleOne(one, claimed, delivered),
    ])
    const { state } = await readDelivery(one, id)
    expect([cancelled, settled, state]).toEqual(
      settled === 'settled'
        ? ['already-final', 'settled', 'delivered']
        : ['cancelled', 'lease-lost', 'cancelled'],
    )
  })
}
