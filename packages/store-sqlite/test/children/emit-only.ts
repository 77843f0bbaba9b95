import { systemClock } from '@posthorn/core'
import { createIds } from '@posthorn/test-kit/store-contract/ids'
import { addSubscription, appendOne } from '@posthorn/test-kit/store-contract/samples'
import { createSqliteStore } from '../../src/index.ts'

/** Writes and never closes: the process must not end before the answer, and must end after it. */
const store = await createSqliteStore({ location: process.argv[2] ?? '' }).open({ clock: systemClock })
const ids = createIds()
await appendOne(store, ids, await addSubscription(store, ids))
console.log('written')
