import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { afterEach, describe, expect, test } from 'vitest'
import { bitbucketDialects, createMemoryStore, type Emitter } from '../src/index.ts'
import { createMatchMemory } from '../src/match-memory.ts'
import { createPush, createRepository, startEmitter, subject } from './samples.ts'
import { createScriptedStore, passing } from './scripted-store.ts'

const url = 'https://ci.example.com/'
const project = { type: 'project', id: createRepository().project.uuid } as const

describe('what a place was matched with', () => {
  const chain = [subject, project]
  const match = (title: string) => [{ id: title }] as never

  test('is kept for each place and event', () => {
    const memory = createMatchMemory()
    memory.keep(chain, 'repo:push', match('one'))
    memory.keep([subject], 'repo:push', match('two'))
    memory.keep(chain, 'repo:fork', match('three'))
    expect(memory.recall(chain, 'repo:push')).toEqual(match('one'))
    expect(memory.recall([subject], 'repo:push')).toEqual(match('two'))
    expect(memory.recall(chain, 'repo:fork')).toEqual(match('three'))
    expect(memory.recall([project], 'repo:push')).toBeNull()
    memory.keep(chain, 'repo:push', match('four'))
    expect(memory.recall(chain, 'repo:push')).toEqual(match('four'))
    memory.forget(chain, 'repo:push')
    expect(memory.recall(chain, 'repo:push')).toBeNull()
  })

  test('takes bounded room, which what was used longest ago leaves first', () => {
    const memory = createMatchMemory()
    const place = (index: number) => [{ type: 'repository', id: String(index) }] as const
    const large = (index: number) => match(String(index).padEnd(1_000_000, '.'))
    for (let index = 0; index < 8; index += 1) memory.keep(place(index), 'repo:push', large(index))
    expect(memory.recall(place(0), 'repo:push')).toEqual(large(0))
    memory.keep(place(8), 'repo:push', large(8))
    expect(memory.recall(place(0), 'repo:push')).toEqual(large(0))
    expect(memory.recall(place(1), 'repo:push')).toBeNull()
    memory.keep(place(9), 'repo:push', match('.'.repeat(9_000_000)))
    expect(memory.recall(place(9), 'repo:push')).toBeNull()
    memory.keep(place(0), 'repo:push', large(0))
    expect(memory.recall(place(0), 'repo:push')).toEqual(large(0))
  })
})

describe('an emitter that matched a place before', () => {
  let emitter: Emitter
  let other: Emitter | null = null

  afterEach(async () => {
    await emitter.stop()
    await other?.stop()
    other = null
  })

  async function start() {
    const data = createMemoryStore()
    const methods: string[] = []
    const store = createWatchedStore(data, ({ method }) => methods.push(method))
    emitter = await startEmitter({ store, role: 'emit' })
    other = await startEmitter({ store: data, role: 'emit' })
    const { id } = await other.subscriptions.create({ subject, url })
    await emitter.emit(createPush())
    const emit = async () => {
      methods.length = 0
      const receipt = await emitter.emit(createPush())
      return { receipt, methods: [...methods] }
    }
    return { emit, other, id }
  }

  test('goes to the store once for an event', async () => {
    const { emit, id } = await start()
    const { receipt, methods } = await emit()
    expect(receipt.deliveries).toMatchObject([{ subscriptionId: id }])
    expect(methods).toEqual(['appendMatched'])
  })

  test('also for one that it was asked the interest of', async () => {
    const { emit, other: changing, id } = await start()
    await changing.subscriptions.update(id, { title: 'changed' })
    await emitter.interest(createRepository(), 'repo:push')
    expect((await emit()).methods).toEqual(['appendMatched'])
  })

  test('goes by what another emitter has changed since', async () => {
    const { emit, other: changing, id } = await start()
    const added = await changing.subscriptions.create({ subject: project, url })
    const { receipt, methods } = await emit()
    expect(receipt.deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([id, added.id])
    expect(methods).toEqual(['appendMatched', 'match', 'append'])
    expect((await emit()).methods).toEqual(['appendMatched'])

    await changing.subscriptions.update(id, { active: false })
    const after = await emit()
    expect(after.receipt.deliveries.map(({ subscriptionId }) => subscriptionId)).toEqual([added.id])
    expect(after.receipt.skipped).toEqual([{ subscriptionId: id, reason: 'inactive' }])

    await changing.subscriptions.delete(added.id)
    expect((await emit()).receipt).toMatchObject({
      deliveries: [],
      skipped: [{ subscriptionId: id, reason: 'inactive' }],
    })
  })

  test('asks the store where nobody gets the event, and looks through its filters once the next time', async () => {
    const { emit, other: changing, id } = await start()
    await changing.subscriptions.update(id, { filter: { branches: ['release/*'] } })
    expect((await emit()).methods).toEqual(['appendMatched', 'match'])
    expect((await emit()).methods).toEqual(['match'])
  })

  test('says of an id of its own that it was emitted before, though others listen by now', async () => {
    const { other: changing } = await start()
    const push = { ...createPush(), id: 'd1f5cc1e-7f0f-4e0e-8b7c-1f6f2a6f0d01' }
    const first = await emitter.emit(push)
    await changing.subscriptions.create({ subject: project, url })
    expect(await emitter.emit(push)).toEqual({ ...first, repeated: true })
  })

  test('gives back the room of bodies that it builds anew', async () => {
    function* build(): Generator<Uint8Array> {
      yield new Uint8Array(100)
    }
    const held = Promise.withResolvers<void>()
    let isHeld = false
    const data = createMemoryStore()
    const store = createWatchedStore(data, ({ method }) => {
      if (isHeld || method !== 'appendMatched') return undefined
      isHeld = true
      return held.promise
    })
    const dialects = bitbucketDialects.map((dialect) => ({ ...dialect, build }))
    emitter = await startEmitter({ store, dialects, role: 'emit', maxWaitingBytes: 250 })
    const { id } = await emitter.subscriptions.create({ subject, url })
    await emitter.emit(createPush())
    const first = emitter.emit(createPush())
    while (!isHeld) await new Promise(setImmediate)
    await emitter.subscriptions.update(id, { title: 'changed' })
    expect((await emitter.emit(createPush())).deliveries).toHaveLength(1)
    held.resolve()
    expect((await first).deliveries).toHaveLength(1)
  })

  test('makes an append again that failed for a moment', async () => {
    const { store, fail } = createScriptedStore()
    emitter = await startEmitter({ store, role: 'emit' })
    await emitter.subscriptions.create({ subject, url })
    await emitter.emit(createPush())
    fail('appendMatched', passing, passing)
    expect(await emitter.emit(createPush())).toMatchObject({ repeated: false, deliveries: [{}] })
  })
})
