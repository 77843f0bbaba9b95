import { defaultRetention } from '@posthorn/delivery'
import { readTable } from '@posthorn/test-kit/read-table'
import { expect, test } from 'vitest'
import { logRules } from '../src/event-log.ts'
import { open } from './delivery-fixture.ts'

const firstCells = (rows: readonly (readonly string[])[]): readonly (string | undefined)[] =>
  rows.map(([cell]) => cell)

test('docs/observability.md shows every event, in order', () => {
  expect(firstCells(readTable('docs/observability.md', '## Events'))).toEqual(Object.keys(logRules))
})

test('docs/observability.md shows what is logged of every event, at which level', () => {
  const rules = Object.entries(logRules).map(([name, { level, message }]) => [name, level, message])
  expect(readTable('docs/observability.md', '## The log').map((cells) => cells.slice(0, 3))).toEqual([
    ['emitted', 'debug', 'event emitted'],
    ['emitted', 'warn', 'event in a loop'],
    ...rules,
  ])
})

test('docs/observability.md shows every member of the stats', async () => {
  const emitter = await open()
  const shown = firstCells(readTable('docs/observability.md', '## Stats'))
  expect(new Set(shown)).toEqual(new Set(Object.keys(await emitter.stats())))
})

test('docs/history.md shows every option of retention with its default', () => {
  const rows = readTable('docs/history.md', '## What is kept').map((cells) => cells.slice(0, 2))
  expect(rows).toEqual(Object.entries(defaultRetention).map(([name, value]) => [name, String(value)]))
})

test('docs/observability.md shows every field that is logged of an attempt', () => {
  const row = readTable('docs/observability.md', '## The log').find(([event]) => event === 'attempted')
  const shown = [...(row?.[3] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)
  const outcome = {
    kind: 'answered',
    word: 'http.2xx',
    status: 200,
    retryAfterMs: null,
    detail: null,
  } as const
  const logged = logRules.attempted.fields({
    delivery: {
      deliveryId: '',
      subscriptionId: '',
      eventKey: 'repo:push',
      isPing: false,
      body: { eventId: '', dialect: '', variant: '', part: 1 },
      lane: '',
      depth: 0,
    },
    attempt: {
      deliveryId: '',
      number: 1,
      isCounted: true,
      outcome,
      durationMs: 0,
      phases: { lookUpMs: null, connectMs: null, tlsMs: null, firstByteMs: null },
      isResent: false,
      certificateVerification: 'none',
      answerExcerpt: null,
      requestHeaders: [],
    },
    next: { kind: 'final', state: 'delivered', reason: null },
    ageMs: 0,
  })
  expect(new Set(shown)).toEqual(new Set(Object.keys(logged)))
})
