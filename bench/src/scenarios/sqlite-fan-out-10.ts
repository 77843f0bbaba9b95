import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { openSqliteStore } from '../contenders/sqlite-store.ts'
import type { Scenario } from '../scenario.ts'

export const sqliteFanOut10: Scenario = createDeliveryScenario({
  name: 'sqlite-fan-out-10',
  title: 'SQLite store, 10 subscriptions per event',
  openStore: openSqliteStore,
  subscriptionCount: 10,
  floorRatio: 0.7,
  rivals: [],
})
