import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { storeContract } from '@posthorn/test-kit/store-contract'
import { createSqliteStore } from '../src/index.ts'
import { createFolder } from './folder.ts'

storeContract('the SQLite store', async () => {
  const clock = createManualClock()
  const folder = createFolder()
  // Two handles, two workers, one file.
  const store = createSqliteStore({ location: folder.location, synchronous: 'normal' })
  return { open: () => store.open({ clock }), clock, cleanup: async () => folder.remove() }
})
