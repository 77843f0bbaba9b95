import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createWatchedStore } from '@posthorn/test-kit/watched-store'
import { createEmitter } from 'posthorn'
import { addresses, site, toSamplePush } from '../../sample-push.ts'

/**
 * Emits and delivers until it is killed; with `--drain` it only delivers, until nothing is left. It says which deliveries an emit
 * was acknowledged with, and of each that it was delivered, a line each. Given `--method` it kills itself at the call of that
 * store method whose number is `--at`: before it is made, while it is under way, or after its answer, as `--moment` says.
 */
const { values } = parseArgs({
  options: {
    location: { type: 'string', default: '' },
    drain: { type: 'boolean', default: false },
    method: { type: 'string' },
    at: { type: 'string', default: '1' },
    moment: { type: 'string', default: 'before' },
    concurrency: { type: 'string', default: '10' },
  },
})
const leaseMs = 1_000
/** Longer than a lease that nobody renews any more. */
const drainMs = 3 * leaseMs
const emitLoops = 4
/** Between two emits of a loop, so that deliveries keep up with them. */
const emitPauseMs = 5

let callCount = 0
const store = createWatchedStore(
  createSqliteStore({ location: values.location }),
  ({ method }) => {
    if (values.moment === 'after' || !isItsTurn(method)) return
    if (values.moment === 'before') end()
    else setImmediate(end)
  },
  ({ method }, outcome) => {
    if (values.moment === 'after' && !isEmptyClaim(outcome) && isItsTurn(method)) end()
  },
)
const emitter = await createEmitter({
  site,
  store,
  leaseMs,
  addresses,
  concurrency: { perLane: Number(values.concurrency), total: Number(values.concurrency) },
})
emitter.on('warning', (warning) => console.error('kill: a process warns:', warning))
emitter.on('delivered', ({ deliveryId }) => say(`delivered ${deliveryId}`))
say('ready')
if (values.drain) {
  await emitter.idle({ withinMs: drainMs })
  await emitter.stop()
} else {
  await Promise.all(Array.from({ length: emitLoops }, emitForever))
}

async function emitForever(): Promise<never> {
  for (;;) {
    const { deliveries } = await emitter.emit(toSamplePush(randomUUID()))
    say(`acknowledged ${deliveries.map(({ id }) => id).join(' ')}`)
    await pause(emitPauseMs)
  }
}

/** Whether this is the call at which the process ends. */
function isItsTurn(method: string): boolean {
  if (method === values.method) callCount += 1
  return method === values.method && callCount === Number(values.at)
}

function isEmptyClaim(outcome: unknown): boolean {
  const hasDeliveries = typeof outcome === 'object' && outcome !== null && 'deliveries' in outcome
  return hasDeliveries && Array.isArray(outcome.deliveries) && outcome.deliveries.length === 0
}

/** Writing to a pipe is synchronous, so nothing that was said is lost with the process. */
function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
