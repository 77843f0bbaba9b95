import { createDeliveryScenario } from '../contenders/delivery-scenario.ts'
import { createHandWritten } from '../contenders/hand-written.ts'
import { openMemoryStore } from '../contenders/memory-store.ts'
import type { Scenario } from '../scenario.ts'

export const memoryOneReceiver: Scenario = createDeliveryScenario({
  name: 'memory-one-receiver',
  title: 'Memory store, one subscription per event',
  openStore: openMemoryStore,
  subscriptionCount: 1,
  floorRatio: 0.8,
  rivals: [{ create: createHandWritten, ratio: 4 }],
})
