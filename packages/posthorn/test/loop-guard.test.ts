import { describe, expect, test } from 'vitest'
import type { Emitter, EmitterOptions } from '../src/index.ts'
import { failing, open, receive } from './delivery-fixture.ts'
import { createPush, subject } from './samples.ts'

async function openWith(options: Partial<EmitterOptions>, answers: Parameters<typeof receive>[0] = {}) {
  const emitter = await open({ retry: { delaysMs: [0, 1] }, ...options })
  const receiver = await receive(answers)
  const { id } = await emitter.subscriptions.create({ subject, url: receiver.url })
  const depths = () => receiver.requests.map(({ headers }) => headers['x-posthorn-depth'])
  return { emitter, id, depths }
}

async function emitAt(emitter: Emitter, depth: number): Promise<string> {
  const { deliveries } = await emitter.emit(createPush(), { depth })
  await emitter.idle()
  return deliveries[0]?.id ?? ''
}

describe('the depth of an event', () => {
  test('is 0 unless the host says otherwise, and the same at every attempt', async () => {
    const { emitter, depths } = await openWith({}, { answers: [failing, failing] })
    await emitter.emit(createPush())
    await emitter.idle()
    await emitAt(emitter, 4)
    expect(depths()).toEqual(['0', '0', '4'])
  })

  test('stays that of the event when it is sent again, or recovered', async () => {
    const { emitter, depths } = await openWith({}, { answers: [failing, failing] })
    const id = await emitAt(emitter, 7)
    await emitter.deliveries.recover({ since: 0 })
    await emitter.idle()
    await emitter.deliveries.redeliver(id)
    await emitter.idle()
    expect(depths()).toEqual(['7', '7', '7', '7'])
  })

  test('is that of the first emit when an event is emitted again', async () => {
    const { emitter, depths } = await openWith({})
    await emitter.emit(createPush({ id: 'push-1' }), { depth: 1 })
    const again = await emitter.emit(createPush({ id: 'push-1' }), { depth: 5 })
    await emitter.idle()
    expect(again).toMatchObject({ repeated: true })
    expect(depths()).toEqual(['1'])
  })

  test('that is allowed is an option', async () => {
    const { emitter, id, depths } = await openWith({ maxDepth: 0 })
    await emitAt(emitter, 0)
    const { deliveries, skipped } = await emitter.emit(createPush(), { depth: 1 })
    expect({ deliveries, skipped }).toEqual({
      deliveries: [],
      skipped: [{ subscriptionId: id, reason: 'loop' }],
    })
    await emitter.idle()
    expect(depths()).toEqual(['0'])
  })
})

test('a host whose receiver pushes again for every delivery stops after as many rounds as are allowed', async () => {
  const emitter = await open({ maxDepth: 3 })
  const seen: number[] = []
  const { promise: stopped, resolve } = Promise.withResolvers<unknown>()
  const receiver = await receive({
    answers: ({ headers }) => {
      const depth = Number(headers['x-posthorn-depth'])
      seen.push(depth)
      void emitter.emit(createPush(), { depth: depth + 1 }).then(({ deliveries, skipped }) => {
        if (deliveries.length === 0) resolve(skipped.map(({ reason }) => reason))
      })
      return { kind: 'status', status: 200 }
    },
  })
  await emitter.subscriptions.create({ subject, url: receiver.url })
  await emitter.emit(createPush())
  expect(await stopped).toEqual(['loop'])
  expect(seen).toEqual([0, 1, 2, 3])
})

test.for([-1, 1_001, 0.5, '3'])('a maxDepth of %s is refused', async (maxDepth) => {
  await expect(open({ maxDepth: maxDepth as never })).rejects.toMatchObject({ field: 'maxDepth' })
})
