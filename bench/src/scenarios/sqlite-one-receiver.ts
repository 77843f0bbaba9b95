import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { openSqliteStore } from '../contenders/sqlite-store.ts'
import type { Scenario } from '../scenario.ts'

export const sqliteOneReceiver: Scenario = createDeliveryScenario({
  name: 'sqlite-one-receiver',
  title: 'SQLite store, one subscription per event',
  openStore: openSqliteStore,
  subscriptionCount: 1,
  floorRatio: 0.5,
  rivals: [],
})
