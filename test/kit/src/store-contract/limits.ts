import type { StoreHandle, SubjectRef, SubscriptionRecord } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractStores, ContractTest } from './contract-test.ts'
import { addSubscription, newSubscription, postReceiveLimit, sampleContent, webhookLimit } from './samples.ts'

export function limitsContract(contractTest: ContractTest): void {
  contractTest('100 concurrent creates over two handles leave exactly 50 subscriptions', async (stores) => {
    const subject: SubjectRef = { type: 'repository', id: stores.ids.next() }
    const outcomes = await createMany(stores, subject, 100, 'webhook')
    expect(outcomes.filter((kind) => kind === 'created')).toHaveLength(50)
    expect(outcomes.filter((kind) => kind === 'limit-reached')).toHaveLength(50)
    expect(await stores.one.listSubscriptions(subject)).toHaveLength(50)
  })

  contractTest(
    '20 concurrent Post-Receive creates leave exactly 5, beside the other group',
    async (stores) => {
      const subject: SubjectRef = { type: 'repository', id: stores.ids.next() }
      const [postReceive] = await Promise.all([
        createMany(stores, subject, 20, 'post-receive'),
        createMany(stores, subject, 10, 'webhook'),
      ])
      expect(postReceive.filter((kind) => kind === 'created')).toHaveLength(5)
      const groups = (await stores.two.listSubscriptions(subject)).map(({ content }) => content.limitGroup)
      expect(groups.filter((group) => group === 'post-receive')).toHaveLength(5)
      expect(groups.filter((group) => group === 'webhook')).toHaveLength(10)
    },
  )

  contractTest('concurrent updates into a group stop at its limit', async ({ one, two, ids }) => {
    const subject: SubjectRef = { type: 'repository', id: ids.next() }
    const records = await repeat(12, () => addSubscription(one, ids, {}, subject))
    const outcomes = await Promise.all(
      records.map((record, place) => moveTo(place % 2 === 0 ? one : two, record, 'post-receive')),
    )
    expect(outcomes.filter((kind) => kind === 'updated')).toHaveLength(5)
    expect(outcomes.filter((kind) => kind === 'limit-reached')).toHaveLength(7)
    const after = await one.listSubscriptions(subject)
    expect(after.filter(({ content }) => content.limitGroup === 'post-receive')).toHaveLength(5)
  })

  contractTest(
    'creates and updates that race for the last places together leave no more than allowed',
    async (stores) => {
      const { one, two, ids } = stores
      const subject: SubjectRef = { type: 'repository', id: ids.next() }
      const records = await repeat(10, () => addSubscription(one, ids, {}, subject))
      await Promise.all([
        createMany(stores, subject, 10, 'post-receive'),
        ...records.map((record, place) => moveTo(place % 2 === 0 ? two : one, record, 'post-receive')),
      ])
      const after = await two.listSubscriptions(subject)
      expect(after.filter(({ content }) => content.limitGroup === 'post-receive')).toHaveLength(5)
    },
  )

  contractTest('a refused create names the count and changes nothing', async ({ one, two, ids }) => {
    const subject: SubjectRef = { type: 'workspace', id: ids.next() }
    const kept = await addSubscription(one, ids, {}, subject)
    const refused = newSubscription(ids, {}, subject)
    expect(await two.createSubscription(refused, { group: 'webhook', maxCount: 1 })).toEqual({
      kind: 'limit-reached',
      count: 1,
    })
    expect(await one.listSubscriptions(subject)).toEqual([kept])
    expect(await one.getSubscriptions([refused.id])).toEqual([])
  })

  contractTest('a refused update changes nothing', async ({ one, two, ids }) => {
    const subject: SubjectRef = { type: 'repository', id: ids.next() }
    const record = await addSubscription(one, ids, {}, subject)
    const content = { ...sampleContent, limitGroup: 'post-receive' as const }
    expect(
      await two.updateSubscription(record.id, 1, content, { group: 'post-receive', maxCount: 0 }),
    ).toEqual({ kind: 'limit-reached', count: 0 })
    expect(await one.getSubscriptions([record.id])).toEqual([record])
  })

  contractTest('an update inside its group is not counted again', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    const content = { ...sampleContent, isActive: false }
    const outcome = await one.updateSubscription(record.id, 1, content, { group: 'webhook', maxCount: 0 })
    expect(outcome.kind).toBe('updated')
  })

  contractTest('a deleted subscription leaves room for another', async ({ one, two, ids }) => {
    const subject: SubjectRef = { type: 'repository', id: ids.next() }
    const record = await addSubscription(one, ids, {}, subject)
    await two.deleteSubscriptions([record.id])
    const limit = { group: 'webhook', maxCount: 1 } as const
    expect((await one.createSubscription(newSubscription(ids, {}, subject), limit)).kind).toBe('created')
  })

  contractTest('subjects of one id and different type are counted apart', async ({ one, ids }) => {
    const id = ids.next()
    const limit = { group: 'webhook', maxCount: 1 } as const
    for (const type of ['repository', 'project', 'workspace'] as const) {
      expect((await one.createSubscription(newSubscription(ids, {}, { type, id }), limit)).kind).toBe(
        'created',
      )
    }
  })
}

async function createMany(
  { one, two, ids }: ContractStores,
  subject: SubjectRef,
  count: number,
  limitGroup: 'webhook' | 'post-receive',
): Promise<readonly string[]> {
  const limit = limitGroup === 'webhook' ? webhookLimit : postReceiveLimit
  return Promise.all(
    Array.from({ length: count }, async (_, place) => {
      const store = place % 2 === 0 ? one : two
      return (await store.createSubscription(newSubscription(ids, { limitGroup }, subject), limit)).kind
    }),
  )
}

async function moveTo(
  store: StoreHandle,
  record: SubscriptionRecord,
  limitGroup: 'post-receive',
): Promise<string> {
  const content = { ...record.content, limitGroup }
  return (await store.updateSubscription(record.id, record.version, content, postReceiveLimit)).kind
}

async function repeat<Item>(count: number, add: () => Promise<Item>): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let place = 0; place < count; place += 1) items.push(await add())
  return items
}
