import { laneScope, type StoreHandle } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import { createIds } from './ids.ts'
import { claimRequest, newAppend, newSubscription, sampleContent, webhookLimit } from './samples.ts'

const ids = createIds()
const lane = laneScope('https://one.example')
const update = { parkForMs: null, maxLeasedCount: null, state: {} }
const retention = { historyMs: 1, eventIdMs: 1, maxCount: 1, cursor: null }

const waits = { maxFirstWaitMs: 1, maxRetryWaitMs: 1, maxParkMs: 1, maxCount: 1, cursor: null }

const calls: Readonly<
  Record<Exclude<keyof StoreHandle, 'close' | 'onWake'>, (store: StoreHandle) => Promise<unknown>>
> = {
  createSubscription: (store) => store.createSubscription(newSubscription(ids), webhookLimit),
  updateSubscription: (store) => store.updateSubscription(ids.next(), 1, sampleContent, webhookLimit),
  deleteSubscriptions: (store) => store.deleteSubscriptions([]),
  getSubscriptions: (store) => store.getSubscriptions([]),
  listSubscriptions: (store) => store.listSubscriptions({ type: 'repository', id: ids.next() }),
  countSubscriptions: (store) => store.countSubscriptions('https://one.example'),
  match: (store) => store.match([], 'repo:push'),
  append: (store) => store.append(newAppend(ids, [])),
  appendMatched: (store) => store.appendMatched(newAppend(ids, []), { subjects: [], subscriptions: [] }),
  readReceipt: (store) => store.readReceipt(ids.next()),
  readBodies: (store) => store.readBodies([]),
  claim: (store) => store.claim(claimRequest()),
  renew: (store) => store.renew([], 1),
  settle: (store) => store.settle([]),
  release: (store) => store.release([]),
  readHealth: (store) => store.readHealth(lane),
  compareAndSetHealth: (store) => store.compareAndSetHealth(lane, 0, update),
  nextDue: (store) => store.nextDue(null),
  mendWaits: (store) => store.mendWaits(waits),
  mendTimes: (store) => store.mendTimes({ maxAheadMs: 1, maxCount: 1, cursor: null }),
  getDeliveries: (store) => store.getDeliveries([]),
  listDeliveries: (store) => store.listDeliveries({}, { maxCount: 1, cursor: null }),
  listAttempts: (store) => store.listAttempts(ids.next()),
  cancelDeliveries: (store) => store.cancelDeliveries([]),
  copyDeliveries: (store) => store.copyDeliveries([]),
  endOverdue: (store) => store.endOverdue(1, 1),
  trimDisabled: (store) => store.trimDisabled(1, 1, null),
  prune: (store) => store.prune(retention),
  stats: (store) => store.stats(),
}

export function closingContract(contractTest: ContractTest): void {
  for (const [name, call] of Object.entries(calls)) {
    contractTest(`${name} after close is refused, and the other handle works on`, async ({ one, two }) => {
      await one.close()
      await expect(call(one)).rejects.toMatchObject({ name: 'StoreError', code: 'store.closed' })
      await expect(call(two)).resolves.not.toThrow()
    })
  }

  contractTest('onWake after close is refused', async ({ one }) => {
    await one.close()
    expect(() => one.onWake(() => undefined)).toThrow(expect.objectContaining({ code: 'store.closed' }))
  })

  contractTest('closing twice is harmless', async ({ one }) => {
    await one.close()
    await expect(one.close()).resolves.toBeUndefined()
  })

  contractTest('what was asked for before close is still answered', async ({ one, two }) => {
    const given = newSubscription(ids)
    const writing = one.createSubscription(given, webhookLimit)
    await one.close()
    expect((await writing).kind).toBe('created')
    expect(await two.getSubscriptions([given.id])).toHaveLength(1)
  })
}
