import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter } from 'posthorn'
import { toEmitterOptions } from '../contenders/emitter-options.ts'
import { peakMemoryBytes } from '../measure/peak-memory.ts'
import type { DrainMessage } from './drain.ts'

/**
 * The program that drains a backlog, or its beginning: an emitter that delivers from the store of its first word until it has
 * delivered as many as its second word says. What is on its way by then arrives as well, and is counted.
 */
const [location = '', wantedCount] = process.argv.slice(2)

/** Deliveries from one word about the progress to the next. */
const progressStep = 100

process.on('disconnect', () => process.exit())

const store = createSqliteStore({ location, synchronous: 'full' })
const emitter = await createEmitter(toEmitterOptions(store, 'deliver'))
let deliveredCount = 0
await new Promise<void>((resolve) => {
  emitter.on('delivered', () => {
    deliveredCount += 1
    if (deliveredCount % progressStep === 0) say({ kind: 'progress', deliveredCount })
    if (deliveredCount === Number(wantedCount)) resolve()
  })
})
await emitter.stop()
say({ kind: 'end', deliveredCount, peakBytes: peakMemoryBytes() })

function say(message: DrainMessage): void {
  process.send?.(message)
}
