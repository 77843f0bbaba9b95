import { StoreError, systemClock } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { addSubscription } from '@posthorn/test-kit/store-contract/samples'
import { createSqliteStore } from '../../src/index.ts'

/** Says with which code it cannot write. */
try {
  const store = await createSqliteStore({ location: process.argv[2] ?? '' }).open({ clock: systemClock })
  await addSubscription(store, createIds())
  console.log('written')
} catch (error) {
  console.log(error instanceof StoreError ? error.code : String(error))
}
