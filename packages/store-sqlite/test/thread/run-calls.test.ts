import { DatabaseSync } from 'node:sqlite'
import type { AppendRequest } from '@posthorn/core'
import { createIds, type Ids } from '@posthorn/test-kit/store-contract/ids'
import {
  claimRequest,
  newAppend,
  newDelivery,
  newSubscription,
  webhookLimit,
} from '@posthorn/test-kit/store-contract/samples'
import { expect, test } from 'vitest'
import { Database } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { migrations } from '../../src/database/migrations.ts'
import { sql } from '../../src/database/statement.ts'
import { type Answer, type Call, monotonicMs } from '../../src/thread/protocol.ts'
import { runCalls } from '../../src/thread/run-calls.ts'
import { Session } from '../../src/thread/session.ts'
import { type Folder, withFolder } from '../folder.ts'

const now = Date.UTC(2026, 0, 1)

function openSession({ location }: Folder): Session {
  return new Session({ options: { location, synchronous: 'full', busyTimeoutMs: 100 }, mustExist: false })
}

function run(session: Session, calls: readonly Call[]): readonly Answer[] {
  const answers: Answer[] = []
  runCalls(session, calls, (given) => answers.push(...given))
  return answers.toSorted((one, other) => one.id - other.id)
}

function appendCall(id: number, request: AppendRequest): Call {
  return { id, name: 'append', args: [request], now, askedAt: monotonicMs() }
}

function addOne(session: Session, ids: Ids): string {
  const subscription = newSubscription(ids)
  const args = [subscription, webhookLimit] as const
  run(session, [{ id: 0, name: 'createSubscription', args, now, askedAt: monotonicMs() }])
  return subscription.id
}

function pendingCount(session: Session): unknown {
  const [answer] = run(session, [{ id: 0, name: 'stats', args: [], now, askedAt: monotonicMs() }])
  if (answer === undefined) return answer
  return 'outcome' in answer ? answer.outcome : answer.error
}

const codesOf = (answers: readonly Answer[]) =>
  answers.map((answer) => ('error' in answer ? answer.error.code : 'written'))

test(
  'of 99 good operations and a bad one in one transaction 99 are written and one is refused',
  withFolder((folder) => {
    const [ids, session] = [createIds(), openSession(folder)]
    const subscriptionId = addOne(session, ids)
    const taken = newDelivery(ids, subscriptionId)
    run(session, [appendCall(1, newAppend(ids, [taken]))])
    const calls = Array.from({ length: 100 }, (_, id) => {
      const delivery = newDelivery(ids, subscriptionId)
      return appendCall(id, newAppend(ids, [id === 41 ? { ...delivery, id: taken.id } : delivery]))
    })
    const codes = codesOf(run(session, calls))
    expect(codes.flatMap((code, id) => (code === 'written' ? [] : [[id, code]]))).toEqual([
      [41, 'store.failed'],
    ])
    expect(pendingCount(session)).toMatchObject({ pendingCount: 100 })
    session.close()
  }),
)

test(
  'a refused operation has written nothing, although its first statements had succeeded',
  withFolder((folder) => {
    const [ids, session] = [createIds(), openSession(folder)]
    const subscriptionId = addOne(session, ids)
    const [first, second] = [newDelivery(ids, subscriptionId), newDelivery(ids, subscriptionId)]
    const broken = newAppend(ids, [first, second, { ...first, partCount: 9 }])
    const good = newAppend(ids, [newDelivery(ids, subscriptionId)])
    expect(codesOf(run(session, [appendCall(1, broken), appendCall(2, good)]))).toEqual([
      'store.failed',
      'written',
    ])
    expect(pendingCount(session)).toMatchObject({ pendingCount: 1 })
    const repaired = newAppend(ids, [first, second], broken.event.id)
    expect(run(session, [appendCall(3, repaired)])).toMatchObject([{ outcome: { kind: 'appended' } }])
    session.close()
  }),
)

test(
  'claims in transactions that are done twice take turns as others do',
  withFolder((folder) => {
    const [ids, session] = [createIds(), openSession(folder)]
    const subscriptionIds = Array.from({ length: 4 }, () => addOne(session, ids))
    for (const id of [...subscriptionIds, ...subscriptionIds])
      run(session, [appendCall(1, newAppend(ids, [newDelivery(ids, id)]))])
    const [subscriptionId = ''] = subscriptionIds
    const taken = newDelivery(ids, subscriptionId, { delayMs: 60_000 })
    run(session, [appendCall(1, newAppend(ids, [taken]))])
    const args = [claimRequest({ defaultRoom: 1 })] as const
    for (const id of [...subscriptionIds, ...subscriptionIds]) {
      const answers = run(session, [
        { id: 1, name: 'claim', args, now, askedAt: monotonicMs() },
        appendCall(2, newAppend(ids, [taken])),
      ])
      expect(answers).toMatchObject([
        { outcome: { deliveries: [{ subscriptionId: id }] } },
        { error: { code: 'store.failed' } },
      ])
    }
    session.close()
  }),
)

test(
  'a disk that is full in the middle of a transaction acknowledges nobody, and all goes on when there is room',
  withFolder((folder) => {
    const [ids, session] = [createIds(), openSession(folder)]
    const subscriptionId = addOne(session, ids)
    // The bound of SQLite itself: it answers as it does for ENOSPC.
    session.database(now).exec('pragma max_page_count = 100')
    const requests = Array.from({ length: 20 }, () => {
      const request = newAppend(ids, [newDelivery(ids, subscriptionId)])
      return {
        ...request,
        bodies: request.bodies.map((body) => ({ ...body, bytes: new Uint8Array(50_000) })),
      }
    })
    const calls = requests.map((request, id) => appendCall(id, request))
    expect(new Set(codesOf(run(session, calls)))).toEqual(new Set(['store.disk-full']))
    // The connection was given up, and the bound with it.
    expect(pendingCount(session)).toMatchObject({ pendingCount: 0, bodyBytes: 0 })
    expect(new Set(codesOf(run(session, calls)))).toEqual(new Set(['written']))
    expect(pendingCount(session)).toMatchObject({ pendingCount: 20 })
    session.close()
  }),
)

test(
  'a newer schema that was brought in while the file was open is used as far as it says so, then refused',
  withFolder((folder) => {
    const [ids, session] = [createIds(), openSession(folder)]
    const subscriptionId = addOne(session, ids)
    const newer = new Database(new DatabaseSync(folder.location))
    const additive = { version: 2, readableBy: 1, statements: 'alter table events add column note text' }
    migrate(newer, now, [...migrations, additive])
    const append = () =>
      codesOf(run(session, [appendCall(1, newAppend(ids, [newDelivery(ids, subscriptionId)]))]))
    expect(append()).toEqual(['written'])
    expect(pendingCount(session)).toMatchObject({ pendingCount: 1 })
    const breaking = { version: 3, readableBy: 3, statements: 'create table more (id integer)' }
    migrate(newer, now, [...migrations, additive, breaking])
    const refused = { error: { code: 'store.version-unsupported' } }
    expect(pendingCount(session)).toMatchObject({ code: 'store.version-unsupported' })
    expect(append()).toEqual(['store.version-unsupported'])
    const read = { name: 'getSubscriptions', args: [[subscriptionId]], now, askedAt: monotonicMs() } as const
    expect(
      run(session, [
        { id: 1, ...read },
        { id: 2, ...read },
      ]),
    ).toMatchObject([refused, refused])
    expect(newer.get(sql('select count(*) as count from deliveries'))).toEqual({ count: 1 })
    newer.close()
  }),
)

test(
  'reads are answered although nothing can be written',
  withFolder((folder) => {
    const [ids, session] = [createIds(), openSession(folder)]
    const subscriptionId = addOne(session, ids)
    session.database(now).exec('pragma query_only = on')
    const answers = run(session, [
      appendCall(1, newAppend(ids, [newDelivery(ids, subscriptionId)])),
      { id: 2, name: 'getSubscriptions', args: [[subscriptionId]], now, askedAt: monotonicMs() },
    ])
    expect(codesOf(answers)).toEqual(['store.read-only', 'written'])
    session.close()
  }),
)
