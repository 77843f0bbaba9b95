import { createSqliteStore } from '@posthorn/store-sqlite'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { createEmitter } from 'posthorn'
import { expect, test } from 'vitest'
import { addresses, site, subject } from '../sample-push.ts'
import { expectDeliveredOnce } from './processes/delivered-once.ts'
import { type StoreProcess, startProcess } from './processes/store-process.ts'
import { useWorkplace } from './processes/workplace.ts'

const place = useWorkplace()

const start = (role: 'emit' | 'deliver'): StoreProcess =>
  startProcess({
    file: import.meta.resolve('./processes/emitter-child.ts'),
    args: ['--location', place.location, '--role', role],
  })

test('what one process emits another one delivers, which finds it by itself', {
  timeout: 60_000,
}, async () => {
  await using receiver = await createReceiver()
  const store = createSqliteStore({ location: place.location })
  const reader = await createEmitter({ site, addresses, store, role: 'emit' })
  await reader.subscriptions.create({ subject, url: `${receiver.url}hook` })
  const [emitting, delivering] = [start('emit'), start('deliver')]
  for (const process of [emitting, delivering]) await process.heard('ready', 1)
  // One by one, so that each finds the other process asleep.
  for (let count = 1; count <= 3; count += 1) {
    emitting.send('emit')
    const [acknowledged, delivered] = await Promise.all([
      emitting.heard('acknowledged', count),
      delivering.heard('delivered', count),
    ])
    expect(delivered).toEqual(acknowledged)
  }
  expect(emitting.said('settle')).toEqual([])
  for (const process of [emitting, delivering]) expect(await process.end()).toBe(0)
  await expectDeliveredOnce(reader, emitting.said('acknowledged'), receiver.requests)
  await reader.stop()
})
