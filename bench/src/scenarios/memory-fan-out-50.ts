import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { openMemoryStore } from '../contenders/memory-store.ts'
import type { Scenario } from '../scenario.ts'

export const memoryFanOut50: Scenario = createDeliveryScenario({
  name: 'memory-fan-out-50',
  title: 'Memory store, 50 subscriptions per event',
  openStore: openMemoryStore,
  subscriptionCount: 50,
  floorRatio: 0.7,
  rivals: [],
})
