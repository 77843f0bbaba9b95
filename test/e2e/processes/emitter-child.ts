import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter, type Store } from 'posthorn'
import { addresses, site, toSamplePush } from '../../sample-push.ts'
import { arm } from './stop-points.ts'

/**
 * An emitter on a file that others use too. It is told, by a line each: `arm`, to stop at its point the next time it comes there;
 * `emit`, to emit once; `emit-on`, to emit until it is told `enough`. It ends with its input.
 */
const { values } = parseArgs({
  options: {
    location: { type: 'string', default: '' },
    role: { type: 'string', default: 'both' },
  },
})
const emitter = await createEmitter({
  site,
  addresses,
  store: telling(createSqliteStore({ location: values.location })),
  role: values.role === 'emit' || values.role === 'deliver' ? values.role : 'both',
  leaseMs: 2_000,
  pollMs: 100,
  // No attempt ends by itself while its process is stopped.
  deadlineMs: 300_000,
})
emitter.on('delivered', ({ deliveryId }) => say(`delivered ${deliveryId}`))
say('ready')

let isEmittingOn = false
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'arm') arm(1)
  if (line === 'emit') void emitOnce()
  if (line === 'emit-on') void emitOn()
  if (line === 'enough') isEmittingOn = false
}
isEmittingOn = false
await emitter.stop()

async function emitOn(): Promise<void> {
  isEmittingOn = true
  while (isEmittingOn) await emitOnce()
}

async function emitOnce(): Promise<void> {
  const { deliveries } = await emitter.emit(toSamplePush(randomUUID()))
  for (const { id } of deliveries) say(`acknowledged ${id}`)
}

/** The same store, which says what became of each settlement. */
function telling(store: Store): Store {
  return {
    async open(options) {
      const handle = await store.open(options)
      return {
        ...handle,
        async settle(settlements) {
          const outcomes = await handle.settle(settlements)
          for (const outcome of outcomes) say(`settle ${outcome}`)
          return outcomes
        },
      }
    },
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
