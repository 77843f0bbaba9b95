import type { SubjectRef } from '@posthorn/core'
import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import { addSubscription, newSubscription, sampleContent, webhookLimit } from './samples.ts'

export function subscriptionsContract(contractTest: ContractTest): void {
  contractTest(
    'a created subscription is read back as it was given, on either handle',
    async ({ one, two, ids }) => {
      const given = newSubscription(ids, { isOrdered: true, events: ['repo:push', 'pullrequest:created'] })
      const outcome = await one.createSubscription(given, webhookLimit)
      expect(outcome).toMatchObject({ kind: 'created', subscription: { ...given, version: 1 } })
      const [record] = await two.getSubscriptions([given.id])
      expect(record).toMatchObject({ ...given, version: 1 })
      expect(record?.createdAt).toBe(record?.updatedAt)
    },
  )

  contractTest(
    'creating the same id again gives what stands there and counts nothing',
    async ({ one, two, ids }) => {
      const given = newSubscription(ids)
      const limit = { group: 'webhook', maxCount: 1 } as const
      const first = await one.createSubscription(given, limit)
      expect(await two.createSubscription(given, limit)).toEqual(first)
      expect(await one.listSubscriptions(given.subject)).toHaveLength(1)
    },
  )

  contractTest(
    'an update replaces the content and raises the version',
    async ({ one, two, ids, advance }) => {
      const record = await addSubscription(one, ids)
      await advance(1_000)
      const content = { ...sampleContent, isActive: false, lane: 'https://two.example' }
      const outcome = await two.updateSubscription(record.id, 1, content, webhookLimit)
      const expected = { ...record, version: 2, content, updatedAt: record.updatedAt + 1_000 }
      expect(outcome).toEqual({ kind: 'updated', subscription: expected })
      expect(await one.getSubscriptions([record.id])).toEqual([expected])
    },
  )

  contractTest('of several updates from one version exactly one wins', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const outcomes = await Promise.all(
      [one, two, one, two].map((store) =>
        store.updateSubscription(record.id, 1, sampleContent, webhookLimit),
      ),
    )
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
      'updated',
      'version-conflict',
      'version-conflict',
      'version-conflict',
    ])
  })

  contractTest('an update of what does not exist says so', async ({ one, ids }) => {
    expect(await one.updateSubscription(ids.next(), 1, sampleContent, webhookLimit)).toEqual({
      kind: 'not-found',
    })
  })

  contractTest('what is read cannot be changed by changing what was given', async ({ one, ids }) => {
    const settings = { ...sampleContent.settings, title: 'Before' }
    const given = newSubscription(ids, { settings })
    await one.createSubscription(given, webhookLimit)
    settings.title = 'After'
    const [record] = await one.getSubscriptions([given.id])
    expect(record?.content.settings.title).toBe('Before')
  })

  contractTest('ids that do not exist are left out, and each id is given once', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    expect(await one.getSubscriptions([ids.next(), record.id, record.id])).toEqual([record])
  })

  contractTest(
    'the subscriptions of a subject are listed oldest first',
    async ({ one, two, ids, advance }) => {
      const subject: SubjectRef = { type: 'project', id: ids.next() }
      const [late, early] = ids.many(2)
      const created: string[] = []
      for (const id of [early, late]) {
        await one.createSubscription({ ...newSubscription(ids, {}, subject), id: id ?? '' }, webhookLimit)
        created.push(id ?? '')
        await advance(1)
      }
      await addSubscription(one, ids)
      const updated = await one.updateSubscription(created[0] ?? '', 1, sampleContent, webhookLimit)
      expect(updated.kind).toBe('updated')
      expect((await two.listSubscriptions(subject)).map(({ id }) => id)).toEqual(created)
    },
  )

  contractTest('subscriptions are counted by lane, and move with their URL', async ({ one, two, ids }) => {
    const lane = 'https://shared.example'
    const record = await addSubscription(one, ids, { lane })
    await addSubscription(one, ids, { lane })
    expect(await two.countSubscriptions(lane)).toBe(2)
    await two.updateSubscription(record.id, 1, sampleContent, webhookLimit)
    expect(await one.countSubscriptions(lane)).toBe(1)
    expect(await one.countSubscriptions('https://nobody.example')).toBe(0)
  })

  contractTest(
    'match finds who asks for the event on any of the subjects, oldest first',
    async ({ one, two, ids }) => {
      const repository: SubjectRef = { type: 'repository', id: ids.next() }
      const workspace: SubjectRef = { type: 'workspace', id: ids.next() }
      const first = await addSubscription(one, ids, {}, workspace)
      const second = await addSubscription(two, ids, { events: ['repo:fork', 'repo:push'] }, repository)
      await addSubscription(one, ids, { events: ['repo:fork'] }, repository)
      await addSubscription(one, ids)
      const third = await addSubscription(one, ids, {}, workspace)
      expect(await two.match([repository, workspace], 'repo:push')).toEqual([first, second, third])
      expect(await one.match([repository], 'repo:push')).toEqual([second])
      expect(await one.match([], 'repo:push')).toEqual([])
    },
  )

  contractTest('match gives inactive and disabled subscriptions too, and each once', async ({ one, ids }) => {
    const subject: SubjectRef = { type: 'repository', id: ids.next() }
    const inactive = await addSubscription(one, ids, { isActive: false }, subject)
    const disabled = await addSubscription(one, ids, { disabled: { at: 5, reason: 'gone' } }, subject)
    expect(await one.match([subject, subject], 'repo:push')).toEqual([inactive, disabled])
  })

  contractTest('match sees an update at once on the other handle', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    await one.updateSubscription(record.id, 1, { ...sampleContent, events: ['repo:fork'] }, webhookLimit)
    expect(await two.match([record.subject], 'repo:push')).toEqual([])
    expect(await two.match([record.subject], 'repo:fork')).toHaveLength(1)
  })
}
