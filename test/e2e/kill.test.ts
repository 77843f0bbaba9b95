import { expect, test } from 'vitest'
import { killPoints } from '../soak/kill/kill-points.ts'
import { createLedger } from '../soak/kill/ledger.ts'
import { runKills } from '../soak/kill/run-kills.ts'

test('a process that is killed at every point loses nothing it acknowledged, and repeats only what was under way', {
  timeout: 60_000,
}, async () => {
  const options = { killCount: killPoints.length, seed: 1, maxOccurrence: 10 }
  const { ledger, kills, differences } = await runKills(options)
  expect(differences).toEqual([])
  expect(Object.keys(kills)).toEqual([...new Set(killPoints)])
  expect(ledger.acknowledgedCount).toBeGreaterThan(0)
})

const body = Buffer.from('{}')

test('a ledger has nothing to say of what came once, and of what came again after a kill', () => {
  const ledger = createLedger(2)
  ledger.acknowledge(['a', 'b'])
  for (const id of ['a', 'b']) ledger.receive(id, body)
  ledger.settle('a')
  ledger.nextLife()
  ledger.receive('b', body)
  expect(ledger).toMatchObject({ acknowledgedCount: 1, requestCount: 3, duplicateCount: 1 })
  expect(ledger.differences(toDelivered('a', 'b'), 1)).toEqual([])
})

test('a ledger names each promise that was broken', () => {
  const ledger = createLedger(2)
  ledger.acknowledge(['lost', 'never-sent'])
  ledger.acknowledge(['again'])
  ledger.receive('unknown', body)
  for (const id of ['again', 'again', 'changed', 'settled', 'parked']) ledger.receive(id, body)
  ledger.settle('settled')
  ledger.nextLife()
  ledger.receive('settled', body)
  ledger.receive('changed', Buffer.from('[]'))
  const states = toDelivered('never-sent', 'again', 'changed', 'settled').set('parked', 'parked')
  expect(ledger.differences(states, 1)).toEqual([
    'an emit was acknowledged with 1 of 2 deliveries',
    'settled came again after it was settled',
    'changed came with other bytes',
    'lost was acknowledged and never came',
    'lost was acknowledged and is not in the store',
    'never-sent was acknowledged and never came',
    'never-sent is in the store and never came',
    'parked ended as parked',
    'unknown came and is not in the store',
    'again came twice in one life: 0, 0',
    '3 deliveries of life 1 came again',
  ])
})

function toDelivered(...ids: readonly string[]): Map<string, string> {
  return new Map(ids.map((id) => [id, 'delivered']))
}
