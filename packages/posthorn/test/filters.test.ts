import type { RefUpdate } from '@posthorn/core'
import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type Emitter, type SubscriptionFilter } from '../src/index.ts'
import { failing, open, receive } from './delivery-fixture.ts'
import { createPush, repository, subject } from './samples.ts'

const [created] = createPush().refUpdates

/** A push that created these refs, all with the same changed paths if any are given. */
function pushOf(refs: readonly string[], paths?: readonly string[], id?: string) {
  if (created === undefined) throw new Error('The sample has no ref.')
  const changedPaths = paths === undefined ? {} : { changedPaths: { values: paths, hasMore: false } }
  const refUpdates = refs.map((ref): RefUpdate => ({ ...created, ref, ...changedPaths }))
  return createPush({ refUpdates, ...(id === undefined ? {} : { id }) })
}

/** Nobody listens there; who is to hear is seen in receipts. */
const nowhere = 'http://127.0.0.1:1024/'
const mainOnly: SubscriptionFilter = { branches: ['main'] }
const main = pushOf(['refs/heads/main'])
const dev = pushOf(['refs/heads/dev'])

async function subscribe(emitter: Emitter, filter: SubscriptionFilter | null, url = nowhere) {
  return emitter.subscriptions.create({ subject, url, filter })
}

describe('a filter', () => {
  const filter: SubscriptionFilter = {
    branches: ['main', 'release/**', '!release/old/**'],
    tags: ['v[0-9]*'],
    actions: ['created', 'forced'],
    paths: ['**', '!docs/**'],
  }

  test('is read back as it was given', async () => {
    const emitter = await open()
    const subscription = await subscribe(emitter, filter)
    expect(subscription.filter).toEqual(filter)
    expect((await emitter.subscriptions.get(subscription.id))?.filter).toEqual(filter)
    expect((await emitter.subscriptions.list(subject)).map((one) => one.filter)).toEqual([filter])
  })

  test('is none unless it is asked for', async () => {
    const emitter = await open()
    expect((await emitter.subscriptions.create({ subject, url: nowhere })).filter).toBeNull()
    expect((await subscribe(emitter, {})).filter).toBeNull()
  })

  test('is replaced as a whole, stays when it is not named, and is removed with null', async () => {
    const emitter = await open()
    const { id } = await subscribe(emitter, filter)
    expect((await emitter.subscriptions.update(id, { title: 'CI' })).filter).toEqual(filter)
    expect((await emitter.subscriptions.update(id, { filter: { tags: ['*'] } })).filter).toEqual({
      tags: ['*'],
    })
    expect((await emitter.subscriptions.update(id, { filter: null })).filter).toBeNull()
  })

  test('that breaks a rule changes nothing', async () => {
    const emitter = await open()
    const { id, version } = await subscribe(emitter, filter)
    const bad = { ...filter, paths: ['/docs'] }
    const refusal = { code: 'subscription.filter-invalid', field: 'filter.paths[0]' }
    await expect(subscribe(emitter, bad)).rejects.toMatchObject(refusal)
    await expect(emitter.subscriptions.update(id, { filter: bad, title: 'x' })).rejects.toMatchObject(refusal)
    expect(await emitter.subscriptions.list(subject)).toMatchObject([{ version, title: '', filter }])
  })
})

describe('who hears a push', () => {
  test('is decided by each filter alone; receipt and explanation name the list that refused', async () => {
    const emitter = await open()
    const receiver = await receive()
    const all = await subscribe(emitter, null, `${receiver.url}all`)
    const branches = await subscribe(emitter, mainOnly, `${receiver.url}branches`)
    const tags = await subscribe(emitter, { tags: ['v*'] }, `${receiver.url}tags`)
    const actions = await subscribe(emitter, { actions: ['deleted'] }, `${receiver.url}actions`)
    const paths = await subscribe(emitter, { paths: ['docs/**'] }, `${receiver.url}paths`)
    const push = pushOf(['refs/heads/main', 'refs/notes/x'], ['src/a.ts'])

    const { deliveries, skipped } = await emitter.emit(push)
    await emitter.idle()
    expect(deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([all.id, branches.id])
    expect(skipped).toEqual([
      { subscriptionId: tags.id, reason: 'filter.tags' },
      { subscriptionId: actions.id, reason: 'filter.actions' },
      { subscriptionId: paths.id, reason: 'filter.paths' },
    ])
    expect(receiver.requests.map(({ path }) => path).toSorted()).toEqual(['/all', '/branches'])
    const explained = await emitter.explain(push)
    expect(explained.filter(({ matches }) => matches).map(({ subscriptionId }) => subscriptionId)).toEqual([
      all.id,
      branches.id,
    ])
    expect(explained.filter(({ matches }) => !matches)).toEqual(
      skipped.map((each) => ({ ...each, matches: false })),
    )
  })

  test('gets all of it: one ref that passes is enough, and the body keeps every ref', async () => {
    const emitter = await open()
    const receiver = await receive()
    await subscribe(emitter, { branches: ['b7'] }, receiver.url)
    const refs = Array.from({ length: 10 }, (_, index) => `refs/heads/b${index}`)
    await emitter.emit(pushOf(refs))
    await emitter.idle()
    const { changes } = JSON.parse(String(receiver.requests[0]?.body)).push
    expect(changes.map((change: { new: { name: string } }) => `refs/heads/${change.new.name}`)).toEqual(refs)
  })

  test('can be nobody: nothing is stored, and the receipt says who was filtered', async () => {
    const emitter = await open()
    const { id } = await subscribe(emitter, mainOnly)
    const receipt = await emitter.emit(dev)
    expect(receipt).toMatchObject({
      repeated: false,
      committed: true,
      deliveries: [],
      skipped: [{ subscriptionId: id, reason: 'filter.branches' }],
    })
    expect(await emitter.stats()).toMatchObject({ pendingCount: 0, bodyBytes: 0 })
  })

  test('of a push without refs is whoever has no filter', async () => {
    const emitter = await open()
    const all = await subscribe(emitter, null)
    const { id } = await subscribe(emitter, { paths: ['**'], tags: ['**'] })
    expect(await emitter.emit(createPush({ refUpdates: [] }))).toMatchObject({
      deliveries: [{ subscriptionId: all.id }],
      skipped: [{ subscriptionId: id, reason: 'filter.tags' }],
    })
  })

  test('is told by the first reason: inactive before the filter, the filter before a loop', async () => {
    const emitter = await open()
    const inactive = await emitter.subscriptions.create({
      subject,
      url: nowhere,
      active: false,
      filter: mainOnly,
    })
    const filtered = await subscribe(emitter, mainOnly)
    const heard = await subscribe(emitter, null)
    expect((await emitter.emit(dev, { depth: 11 })).skipped).toEqual([
      { subscriptionId: inactive.id, reason: 'inactive' },
      { subscriptionId: filtered.id, reason: 'filter.branches' },
      { subscriptionId: heard.id, reason: 'loop' },
    ])
  })

  test('is asked on project and workspace too', async () => {
    const emitter = await open()
    const project = { type: 'project', id: repository.project.uuid } as const
    const workspace = { type: 'workspace', id: repository.workspace.uuid } as const
    const one = await emitter.subscriptions.create({ subject: project, url: nowhere, filter: mainOnly })
    const two = await emitter.subscriptions.create({
      subject: workspace,
      url: nowhere,
      filter: { tags: ['v*'] },
    })
    const receipt = await emitter.emit(main)
    expect(receipt.deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([one.id])
    expect(receipt.skipped).toEqual([{ subscriptionId: two.id, reason: 'filter.tags' }])
  })

  test('changes with the filter, for what is emitted from then on', async () => {
    const emitter = await open()
    const { id } = await subscribe(emitter, mainOnly)
    expect((await emitter.emit(dev)).deliveries).toEqual([])
    await emitter.subscriptions.update(id, { filter: { branches: ['dev'] } })
    expect((await emitter.emit(dev)).deliveries).toHaveLength(1)
    expect((await emitter.emit(main)).deliveries).toEqual([])
  })

  test('of a subscription that an earlier release stored is decided without a filter', async () => {
    const store = createWatchedStore(createMemoryStore(), ({ method, values }) => {
      const [draft] = values
      if (method !== 'createSubscription') return
      Reflect.deleteProperty(Reflect.get(Reflect.get(Object(draft), 'content'), 'settings'), 'filter')
    })
    const emitter = await open({ store })
    const { id } = await subscribe(emitter, mainOnly)
    expect((await emitter.subscriptions.get(id))?.filter).toBeNull()
    expect((await emitter.emit(dev)).deliveries).toHaveLength(1)
    expect((await emitter.subscriptions.update(id, { filter: mainOnly })).filter).toEqual(mainOnly)
    expect((await emitter.emit(dev)).deliveries).toEqual([])
  })
})

describe('what was refused nothing', () => {
  test('a ping passes every filter', async () => {
    const emitter = await open()
    const receiver = await receive()
    const { id } = await subscribe(emitter, { branches: ['none'], paths: ['none'] }, receiver.url)
    expect(await emitter.ping(id, { wait: true })).toMatchObject({ state: 'delivered' })
  })

  test('a delivery is sent again whatever the filter says by then', async () => {
    const emitter = await open({ retry: { delaysMs: [0] } })
    const receiver = await receive({ answers: [failing] })
    const { id } = await subscribe(emitter, mainOnly, receiver.url)
    const { deliveries } = await emitter.emit(main)
    await emitter.idle()
    await emitter.subscriptions.update(id, { filter: { branches: ['other'] } })
    await emitter.deliveries.redeliver(deliveries[0]?.id ?? '')
    await emitter.idle()
    expect(receiver.requests).toHaveLength(2)
  })

  test('what was lost is recovered whatever the filter says by then', async () => {
    const clock = createManualClock()
    const emitter = await open({ clock, retry: { delaysMs: [0] } })
    const receiver = await receive({ answers: [failing] })
    const { id } = await subscribe(emitter, mainOnly, receiver.url)
    await emitter.emit(main)
    await emitter.idle()
    await emitter.subscriptions.update(id, { filter: { branches: ['other'] } })
    expect(await emitter.deliveries.recover({ since: 0 })).toBe(1)
    await emitter.idle()
    expect(receiver.requests).toHaveLength(2)
  })
})

describe('interest in changed paths', () => {
  const interest = (emitter: Emitter) => emitter.interest(repository, 'repo:push')

  test('is there if somebody who hears pushes filters by them', async () => {
    const emitter = await open()
    await subscribe(emitter, { branches: ['main'], tags: ['*'], actions: ['created'] })
    expect(await interest(emitter)).toMatchObject({ any: true, changedPaths: false })
    const { id } = await subscribe(emitter, { paths: ['docs/**'] })
    expect(await interest(emitter)).toMatchObject({ any: true, maxCommits: 6, changedPaths: true })
    await emitter.subscriptions.update(id, { active: false })
    expect(await interest(emitter)).toMatchObject({ changedPaths: false })
    await emitter.subscriptions.update(id, { active: true, filter: { branches: ['main'] } })
    expect(await interest(emitter)).toMatchObject({ changedPaths: false })
  })

  test('is there for its own chain and key alone', async () => {
    const emitter = await open()
    const workspace = { type: 'workspace', id: repository.workspace.uuid } as const
    await emitter.subscriptions.create({
      subject: workspace,
      url: nowhere,
      events: ['repo:fork', 'repo:push'],
      filter: { paths: ['docs/**'] },
    })
    expect(await interest(emitter)).toMatchObject({ changedPaths: true })
    expect(await emitter.interest(repository, 'repo:fork')).toMatchObject({ any: true, changedPaths: false })
    const elsewhere = { ...repository, workspace: { uuid: repository.uuid } }
    expect(await emitter.interest(elsewhere, 'repo:push')).toMatchObject({ any: false, changedPaths: false })
    await emitter.subscriptions.deleteAll(workspace)
    await emitter.subscriptions.create({
      subject,
      url: nowhere,
      events: ['repo:fork'],
      filter: { paths: ['a'] },
    })
    expect(await interest(emitter)).toMatchObject({ any: false, changedPaths: false })
  })
})

describe('an id that is emitted again', () => {
  test('gives the first receipt, whatever filters and subscriptions say by then', async () => {
    const emitter = await open()
    const receiver = await receive()
    const heard = await subscribe(emitter, mainOnly, receiver.url)
    const skipped = await subscribe(emitter, { tags: ['*'] }, receiver.url)
    const push = pushOf(['refs/heads/main'], undefined, 'push-1')
    const first = await emitter.emit(push)
    expect(first).toMatchObject({ repeated: false, skipped: [{ reason: 'filter.tags' }] })

    await emitter.subscriptions.update(heard.id, { filter: { branches: ['other'] } })
    expect(await emitter.emit(push)).toEqual({ ...first, repeated: true })
    await emitter.subscriptions.update(skipped.id, { filter: null })
    expect(await emitter.emit(push)).toEqual({ ...first, repeated: true })
    await subscribe(emitter, null, receiver.url)
    expect(await emitter.emit(push)).toEqual({ ...first, repeated: true })
    await emitter.subscriptions.deleteAll(subject)
    expect(await emitter.emit(push)).toEqual({ ...first, repeated: true })
    await emitter.idle()
    expect(receiver.requests.length).toBeLessThanOrEqual(1)
    expect(await emitter.deliveries.list({})).toMatchObject({
      deliveries: [{ id: first.deliveries[0]?.id }],
    })
  })

  test('was never emitted if nobody heard it', async () => {
    const emitter = await open()
    const { id } = await subscribe(emitter, mainOnly)
    const push = pushOf(['refs/heads/dev'], undefined, 'push-2')
    expect(await emitter.emit(push)).toMatchObject({ eventId: 'push-2', repeated: false, deliveries: [] })
    await emitter.subscriptions.update(id, { filter: null })
    expect(await emitter.emit(push)).toMatchObject({ eventId: 'push-2', repeated: false, deliveries: [{}] })
  })

  test('is written once by emits at the same time, while the filter changes', async () => {
    const emitter = await open()
    const { id } = await subscribe(emitter, mainOnly)
    const push = pushOf(['refs/heads/main'], undefined, 'push-3')
    await emitter.emit(push)
    const [, ...receipts] = await Promise.all([
      emitter.subscriptions.update(id, { filter: { branches: ['other'] } }),
      ...[1, 2, 3, 4, 5].map(() => emitter.emit(push)),
    ])
    expect(receipts.map(({ repeated }) => repeated)).toEqual([true, true, true, true, true])
    expect(new Set(receipts.map(({ deliveries }) => deliveries[0]?.id)).size).toBe(1)
  })
})

test('hard filters of a repository leave steps to those of its workspace', async () => {
  const emitter = await open()
  const hard = Array.from({ length: 50 }, () => `**a${'?'.repeat(240)}c`)
  for (let count = 0; count < 6; count += 1) await subscribe(emitter, { paths: hard })
  const one = await emitter.subscriptions.create({
    subject: { type: 'workspace', id: repository.workspace.uuid },
    url: nowhere,
    filter: { paths: ['docs/**'] },
  })
  // So many that nothing is left for the last filters of the repository, which hear what they cannot judge.
  const paths = Array.from({ length: 1_000 }, (_, index) => `${index}${'ab'.repeat(index % 7)}`.repeat(100))
  const { deliveries, skipped } = await emitter.emit(pushOf(['refs/heads/main'], paths))
  expect(deliveries).not.toEqual([])
  expect(skipped).toContainEqual({ subscriptionId: one.id, reason: 'filter.paths' })
})

test('a large push and hard filters leave others their turn', async () => {
  const emitter = await open()
  const hard = Array.from({ length: 50 }, () => `**a${'?'.repeat(240)}c`)
  for (let count = 0; count < 4; count += 1) await subscribe(emitter, { paths: hard })
  const paths = Array.from({ length: 1_000 }, (_, index) => `${index}${'ab'.repeat(index % 7)}`.repeat(100))
  let turnCount = 0
  const timer = setInterval(() => {
    turnCount += 1
  }, 1)
  await emitter.emit(pushOf(['refs/heads/main'], paths))
  clearInterval(timer)
  expect(turnCount).toBeGreaterThanOrEqual(2)
})
