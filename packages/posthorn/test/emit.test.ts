import { createHmac } from 'node:crypto'
import { createReceiver, type Receiver } from '@posthorn/test-kit/receiver'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bitbucketDialects, createMemoryStore, type Emitter } from '../src/index.ts'
import { createPush, createRepository, repository, startEmitter, subject } from './samples.ts'
import { createScriptedStore, passing } from './scripted-store.ts'

let emitter: Emitter
let receiver: Receiver

beforeEach(async () => {
  emitter = await startEmitter()
  receiver = await createReceiver()
})

afterEach(async () => {
  await emitter.stop()
  await receiver.close()
})

test('one emit after the other leaves timers and deliveries their turn', async () => {
  await emitter.subscriptions.create({ subject, url: receiver.url })
  let turnCount = 0
  const timer = setInterval(() => {
    turnCount += 1
  }, 1)
  for (let count = 0; count < 2_000; count += 1) await emitter.emit(createPush())
  clearInterval(timer)
  expect(turnCount).toBeGreaterThan(2)
  expect(receiver.requests.length).toBeGreaterThan(0)
  await emitter.idle()
})

test('the parts of one push leave the rest of the process its turn', async () => {
  const partCount = 10
  let turnCount = 0
  const seen: number[] = []
  function* build(): Generator<Uint8Array> {
    for (let part = 1; part <= partCount; part += 1) {
      seen.push(turnCount)
      // Longer than emits go on for at a time.
      const until = performance.now() + 25
      while (performance.now() < until);
      yield new TextEncoder().encode('{}')
    }
  }
  await emitter.stop()
  const dialects = bitbucketDialects.map((dialect) => ({ ...dialect, build }))
  emitter = await startEmitter({ dialects, role: 'emit' })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  let isEmitting = true
  function countTurn(): void {
    turnCount += 1
    if (isEmitting) setImmediate(countTurn)
  }
  setImmediate(countTurn)
  const { deliveries } = await emitter.emit(createPush())
  isEmitting = false
  expect(deliveries.map(({ part }) => part)).toEqual(
    Array.from({ length: partCount }, (_, index) => index + 1),
  )
  expect(new Set(seen).size).toBe(partCount)
})

describe('who gets a push', () => {
  test('every subscription of the repository, its project and its workspace, each once', async () => {
    const created = await Promise.all([
      emitter.subscriptions.create({ subject, url: `${receiver.url}repository` }),
      emitter.subscriptions.create({
        subject: { type: 'project', id: repository.project.uuid },
        url: `${receiver.url}project`,
      }),
      emitter.subscriptions.create({
        subject: { type: 'workspace', id: repository.workspace.uuid },
        url: `${receiver.url}workspace`,
      }),
      emitter.subscriptions.create({
        subject: { type: 'repository', id: createRepository(2).uuid },
        url: `${receiver.url}other`,
      }),
    ])
    const receipt = await emitter.emit(createPush())
    await emitter.idle()
    expect(receiver.requests.map(({ path }) => path).toSorted()).toEqual([
      '/project',
      '/repository',
      '/workspace',
    ])
    const heard = created.slice(0, 3).map(({ id }) => id)
    expect(receipt.deliveries.map(({ subscriptionId }) => subscriptionId).toSorted()).toEqual(
      heard.toSorted(),
    )
  })

  test('not one that asked for other events', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url, events: ['repo:fork', 'issue:created'] })
    expect(await emitter.emit(createPush())).toMatchObject({ deliveries: [], skipped: [] })
  })

  test('not one that is switched off; the receipt says so', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, active: false })
    const receipt = await emitter.emit(createPush())
    expect(receipt).toMatchObject({ deliveries: [], skipped: [{ subscriptionId: id, reason: 'inactive' }] })
    expect(await emitter.explain(createPush())).toEqual([
      { subscriptionId: id, matches: false, reason: 'inactive' },
    ])
  })

  test('not one whose dialect has no body for it, nor for what is too deep; explain says the same', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const zero = '0'.repeat(40)
    const notes = createPush({
      refUpdates: [
        {
          ref: 'refs/notes/commits',
          before: '1'.repeat(40),
          after: zero,
          isForced: false,
          old: { commit: null, annotation: null },
          new: null,
          commits: { values: [], hasMore: false },
        },
      ],
    })
    const { skipped } = await emitter.emit(notes)
    expect(skipped).toEqual([{ subscriptionId: id, reason: 'not-in-dialect' }])
    expect(await emitter.explain(notes)).toEqual([
      { subscriptionId: id, matches: false, reason: 'not-in-dialect' },
    ])
    expect((await emitter.emit(createPush(), { depth: 11 })).skipped).toMatchObject([{ reason: 'loop' }])
    expect(await emitter.explain(createPush(), { depth: 11 })).toMatchObject([{ reason: 'loop' }])
    expect(await emitter.explain(createPush())).toMatchObject([{ matches: true, reason: null }])
  })

  test('not one that gets no pushes, which interest tells beforehand', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url, active: false })
    expect(await emitter.interest(repository, 'repo:push')).toMatchObject({
      any: false,
      skipped: [{ subscriptionId: id, reason: 'inactive' }],
    })
  })

  test('nobody, when nobody listens: nothing is stored', async () => {
    const receipt = await emitter.emit(createPush())
    expect(receipt).toMatchObject({ repeated: false, committed: true, deliveries: [], skipped: [] })
    expect(receipt.eventId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await emitter.stats()).toMatchObject({ pendingCount: 0, bodyBytes: 0 })
  })

  test('UUIDs in braces and capitals name the same repository', async () => {
    await emitter.subscriptions.create({
      subject: { ...subject, id: `{${subject.id.toUpperCase()}}` },
      url: receiver.url,
    })
    const braced = { ...repository, uuid: `{${repository.uuid.toUpperCase()}}` }
    expect((await emitter.emit(createPush({ repository: braced }))).deliveries).toHaveLength(1)
    expect(await emitter.interest(braced, 'repo:push')).toMatchObject({ any: true })
  })
})

describe('what a receiver gets', () => {
  test('the headers of Bitbucket Cloud, in order, with the id of the delivery', async () => {
    const { id } = await emitter.subscriptions.create({
      subject,
      url: `${receiver.url}hook?a=%20b&server_url=x`,
    })
    const { deliveries } = await emitter.emit(createPush())
    await emitter.idle()
    const [request] = receiver.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hook?a=%20b&server_url=x',
      headers: {
        'user-agent': 'Bitbucket-Webhooks/2.0',
        'content-type': 'application/json',
        'x-event-key': 'repo:push',
        'x-hook-uuid': id,
        'x-request-uuid': deliveries[0]?.id,
        'x-attempt-number': '1',
        'x-posthorn-depth': '0',
      },
    })
    expect(request?.headers['x-hub-signature']).toBeUndefined()
    expect(request?.headers['content-length']).toBe(String(request?.body.length))
  })

  test('a signature over the bytes that were sent', async () => {
    const secret = "It's a Secret to Everybody — ключ"
    await emitter.subscriptions.create({ subject, url: receiver.url, secret })
    await emitter.emit(createPush())
    await emitter.idle()
    const [request] = receiver.requests
    const expected = createHmac('sha256', secret)
      .update(request?.body ?? '')
      .digest('hex')
    expect(request?.headers['x-hub-signature']).toBe(`sha256=${expected}`)
  })

  test('bodies in both dialects from one event, each equal to its own round trip', async () => {
    await emitter.subscriptions.create({ subject, url: `${receiver.url}cloud` })
    await emitter.subscriptions.create({
      subject,
      url: `${receiver.url}server`,
      dialect: 'bitbucket-server-post-receive',
    })
    await emitter.emit(createPush())
    await emitter.idle()
    const bodyOf = (path: string) => String(receiver.requests.find((request) => request.path === path)?.body)
    expect(JSON.parse(bodyOf('/cloud'))).toMatchObject({ push: { changes: [{ created: true }] } })
    expect(JSON.parse(bodyOf('/server'))).toMatchObject({ refChanges: [{ type: 'ADD' }] })
    for (const path of ['/cloud', '/server'])
      expect(bodyOf(path)).toBe(JSON.stringify(JSON.parse(bodyOf(path))))
  })

  test('how deep a push must be read follows from the dialects that listen', async () => {
    expect(await emitter.interest(repository, 'repo:push')).toEqual({
      any: false,
      maxCommits: 0,
      maxChanges: 0,
      changedPaths: false,
      skipped: [],
    })
    await emitter.subscriptions.create({ subject, url: receiver.url })
    expect(await emitter.interest(repository, 'repo:push')).toMatchObject({
      any: true,
      maxCommits: 6,
      maxChanges: 0,
    })
    await emitter.subscriptions.create({
      subject,
      url: receiver.url,
      dialect: 'bitbucket-server-post-receive',
    })
    expect(await emitter.interest(repository, 'repo:push')).toMatchObject({
      maxCommits: 101,
      maxChanges: 500,
    })
  })
})

describe('the id of an event', () => {
  test('makes a repeated emit write nothing and give the first receipt back', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const first = await emitter.emit(createPush({ id: 'push-1' }))
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const again = await emitter.emit(createPush({ id: 'push-1' }))
    await emitter.idle()
    expect(again).toEqual({ ...first, repeated: true })
    expect(receiver.requests).toHaveLength(1)
  })

  test('is remembered when nobody listens any more', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const first = await emitter.emit(createPush({ id: 'push-3' }))
    await emitter.subscriptions.update(id, { active: false })
    expect(await emitter.emit(createPush({ id: 'push-3' }))).toEqual({ ...first, repeated: true })
  })

  test('holds for emits at the same time', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    const receipts = await Promise.all([1, 2, 3, 4].map(() => emitter.emit(createPush({ id: 'push-2' }))))
    await emitter.idle()
    expect(receipts.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(new Set(receipts.map(({ deliveries }) => deliveries[0]?.id)).size).toBe(1)
    expect(receiver.requests).toHaveLength(1)
  })
})

describe('the loop guard', () => {
  test('the depth goes out with every delivery', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    await emitter.emit(createPush(), { depth: 3 })
    await emitter.idle()
    expect(receiver.requests[0]?.headers['x-posthorn-depth']).toBe('3')
  })

  test('an event as deep as allowed is delivered', async () => {
    await emitter.subscriptions.create({ subject, url: receiver.url })
    expect((await emitter.emit(createPush(), { depth: 10 })).deliveries).toHaveLength(1)
  })

  test('an event too deep is not delivered, and the receipt says why', async () => {
    const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
    const receipt = await emitter.emit(createPush(), { depth: 11 })
    expect(receipt).toMatchObject({ deliveries: [], skipped: [{ subscriptionId: id, reason: 'loop' }] })
  })

  test.for([-1, 0.5, Number.NaN])('a depth of %d is refused', async (depth) => {
    await expect(emitter.emit(createPush(), { depth })).rejects.toMatchObject({ code: 'option.invalid' })
  })
})

test('a bad event is refused with the field, and nothing is written', async () => {
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const bad = { ...createPush(), refUpdates: [{ ref: 'main' }] } as never
  await expect(emitter.emit(bad)).rejects.toMatchObject({ code: 'event.invalid', field: 'refUpdates[0].ref' })
  expect(await emitter.stats()).toMatchObject({ pendingCount: 0 })
})

test('a transaction is refused by a store that has none', async () => {
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const emitting = emitter.emit(createPush(), { transaction: {} as never })
  await expect(emitting).rejects.toMatchObject({ code: 'store.transaction-unsupported' })
})

test('an emit that finds too many others waiting is refused', async () => {
  const narrow = await startEmitter({ maxWaitingEmits: 1 })
  const first = narrow.emit(createPush())
  await expect(narrow.emit(createPush())).rejects.toMatchObject({ code: 'store.overloaded' })
  await first
  await narrow.stop()
})

test('parts that are built count before the last of them is', async () => {
  let builtCount = 0
  function* build(): Generator<Uint8Array> {
    for (let part = 1; part <= 10; part += 1) {
      builtCount += 1
      // Longer than emits go on for at a time.
      const until = performance.now() + 25
      while (performance.now() < until);
      yield new Uint8Array(100)
    }
  }
  await emitter.stop()
  const dialects = bitbucketDialects.map((dialect) => ({ ...dialect, build }))
  emitter = await startEmitter({ dialects, role: 'emit', maxWaitingBytes: 150 })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  const emitting = Array.from({ length: 5 }, () => emitter.emit(createPush()))
  const outcomes = await Promise.allSettled(emitting)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(builtCount).toBeLessThan(20)
  // What was refused has given its room back.
  expect((await emitter.emit(createPush())).deliveries).toHaveLength(10)
  const explaining = Array.from({ length: 2 }, () => emitter.explain(createPush()))
  expect((await Promise.allSettled(explaining)).map(({ status }) => status).toSorted()).toEqual([
    'fulfilled',
    'rejected',
  ])
})

test('more bytes of bodies than may wait for the store are refused, but a single body never is', async () => {
  const appending = Promise.withResolvers<void>()
  const store = createWatchedStore(createMemoryStore(), ({ method }) =>
    method === 'append' ? appending.promise : undefined,
  )
  const emitter = await startEmitter({ store, role: 'emit', maxWaitingBytes: 10 })
  await emitter.subscriptions.create({ subject, url: 'https://ci.example.com/' })
  const first = emitter.emit(createPush())
  await new Promise(setImmediate)
  await expect(emitter.emit(createPush())).rejects.toMatchObject({ code: 'store.overloaded' })
  appending.resolve()
  expect((await first).deliveries).toHaveLength(1)
  expect((await emitter.emit(createPush())).deliveries).toHaveLength(1)
  await emitter.stop()
})

test.for([
  ['a key that is none', 'repo:pushed', 'event.unknown-key', 'key'],
  ['no key', undefined, 'event.unknown-key', 'key'],
] as const)('%s interests nobody, which is said rather than answered', async ([, key, code, field]) => {
  const asking = emitter.interest(repository, key as never)
  await expect(asking).rejects.toMatchObject({ code, field })
})

test('what is interested in a repository that cannot be read is not known', async () => {
  const cause = new Error('gone')
  const unreadable = {
    ...repository,
    get project(): never {
      throw cause
    },
  }
  await expect(emitter.interest(unreadable, 'repo:push')).rejects.toMatchObject({
    code: 'event.invalid',
    field: 'repository.project',
    cause,
  })
})

test('a store that fails for a moment keeps neither interest nor explain from an answer', async () => {
  const { store, fail } = createScriptedStore()
  const patient = await startEmitter({ store, role: 'emit' })
  await patient.subscriptions.create({ subject, url: receiver.url })
  fail('match', passing)
  expect(await patient.interest(repository, 'repo:push')).toMatchObject({ any: true })
  fail('match', passing)
  expect(await patient.explain(createPush())).toMatchObject([{ matches: true }])
  await patient.stop()
})
