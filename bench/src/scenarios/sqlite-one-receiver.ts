import { createBullMq } from '../contenders/bullmq.ts'
import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { openSqliteStore } from '../contenders/sqlite-store.ts'
import type { Scenario } from '../scenario.ts'

export const sqliteOneReceiver: Scenario = createDeliveryScenario({
  name: 'sqlite-one-receiver',
  title: 'SQLite store, one subscription per event',
  openStore: openSqliteStore,
  subscriptionCount: 1,
  floorRatio: 0.5,
  rivals: [
    { create: (receiver, count) => createBullMq('always', receiver, count), ratio: 3 },
    // Not as durable as the others: a loss of power costs it a second of what it had acknowledged.
    { create: (receiver, count) => createBullMq('everysec', receiver, count), ratio: null },
  ],
})
