import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { openMemoryStore } from '../contenders/memory-store.ts'
import type { Scenario } from '../scenario.ts'

export const memoryFanOut10: Scenario = createDeliveryScenario({
  name: 'memory-fan-out-10',
  title: 'Memory store, 10 subscriptions per event',
  openStore: openMemoryStore,
  subscriptionCount: 10,
  floorRatio: 0.7,
  rivals: [],
})
