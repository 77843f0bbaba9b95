import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { storeContract } from '@posthorn/test-kit/store-contract'
import { createMemoryStore } from '../src/index.ts'

storeContract('the memory store', async () => {
  const clock = createManualClock()
  const store = createMemoryStore({ maxPendingDeliveries: 200_000 })
  return { open: () => store.open({ clock }), clock, cleanup: async () => {} }
})
