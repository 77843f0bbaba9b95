import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { openSqliteStore } from '../contenders/sqlite-store.ts'
import type { Scenario } from '../scenario.ts'

export const sqliteFanOut50: Scenario = createDeliveryScenario({
  name: 'sqlite-fan-out-50',
  title: 'SQLite store, 50 subscriptions per event',
  openStore: openSqliteStore,
  subscriptionCount: 50,
  floorRatio: 0.7,
  rivals: [],
})
