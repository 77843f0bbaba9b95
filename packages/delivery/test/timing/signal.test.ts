import { expect, test } from 'vitest'
import { createSignal } from '../../src/timing/signal.ts'

test('an announcement ends a wait', async () => {
  const signal = createSignal(true)
  const waiting = signal.wait(null)
  signal.announce()
  await waiting
})

test('an announcement that nobody waits for is kept for the next wait, once', async () => {
  const signal = createSignal(true)
  signal.announce()
  signal.announce()
  await signal.wait(null)
  let isOver = false
  const second = signal.wait(null).then(() => {
    isOver = true
  })
  await new Promise(setImmediate)
  expect(isOver).toBe(false)
  signal.announce()
  await second
})

test('a time-out ends a wait', async () => {
  await createSignal(true).wait(1)
})

test('a wait longer than a timer can be set for does not end at once', async () => {
  const signal = createSignal(true)
  let isOver = false
  const waiting = signal.wait(2 ** 40).then(() => {
    isOver = true
  })
  await createSignal(true).wait(5)
  expect(isOver).toBe(false)
  signal.announce()
  await waiting
})
