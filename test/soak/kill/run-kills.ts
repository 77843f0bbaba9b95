import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createReceiver, type ReceivedRequest, type Receiver } from '@posthorn/test-kit/receiver'
import { type Answer, accepted } from '@posthorn/test-kit/receiver-answer'
import { createEmitter, type Emitter } from 'posthorn'
import { addresses, site, subject } from '../../sample-push.ts'
import { killPoints } from './kill-points.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { startLife } from './life.ts'
import { drawEnd, liveUntil } from './live-until.ts'
import { createSeededRandom } from './seeded-random.ts'

export interface KillRunOptions {
  readonly killCount: number
  /** Decides where and when each life ends. */
  readonly seed: number
  /** A life ends at the latest when its point is reached for this time. */
  readonly maxOccurrence: number
  /** Told after each life. */
  readonly onKill?: (count: number) => void
}

export interface KillRun {
  readonly ledger: Ledger
  /** Lives that ended at each point. */
  readonly kills: Readonly<Record<string, number>>
  /** Empty if all is as promised. */
  readonly differences: readonly string[]
}

/** Attempts of a life at a time. */
const concurrency = 10

/** A slot is filled again while what was in it is being settled. */
const maxUnsettled = 2 * concurrency

/**
 * Kills a process that emits and delivers, again and again, and starts the next one on the same file at once; the last one may
 * deliver what is left. Then what was acknowledged is held against what arrived and against what the store says.
 */
export async function runKills(options: KillRunOptions): Promise<KillRun> {
  const { killCount, seed, maxOccurrence, onKill } = options
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-kill-'))
  const location = join(folder, 'posthorn.db')
  const args = ['--location', location, '--concurrency', String(concurrency)]
  const random = createSeededRandom(seed)
  const ledger = createLedger(2)
  const kills: Record<string, number> = {}
  let answer = (): Answer => accepted

  const receive = ({ headers, body }: ReceivedRequest): Answer => {
    ledger.receive(String(headers['x-request-uuid']), body)
    return answer()
  }
  const hear = (line: string): void => {
    const [word, ...ids] = line.split(' ')
    if (word === 'acknowledged') ledger.acknowledge(ids)
    if (word === 'delivered') for (const id of ids) ledger.settle(id)
  }
  const answerWith = (given: () => Answer): void => {
    answer = given
  }
  const receivers = [await createReceiver({ answers: receive }), await createReceiver({ answers: receive })]

  try {
    await subscribe(location, receivers)
    for (let count = 0; count < killCount; count += 1) {
      const point = killPoints[count % killPoints.length] ?? 'random'
      await liveUntil(drawEnd(point, maxOccurrence, random), { args, hear, answerWith })
      // What a process has sent is counted as of its own life.
      await Promise.all(receivers.map((receiver) => receiver.waitForNoConnection()))
      ledger.nextLife()
      kills[point] = (kills[point] ?? 0) + 1
      onKill?.(count + 1)
    }
    answer = () => accepted
    const ended = await startLife([...args, '--drain'], hear).ended
    if (ended !== 0) throw new Error(`The last process ended with ${ended}.`)
    const states = await withEmitter(location, readStates)
    return { ledger, kills, differences: ledger.differences(states, maxUnsettled) }
  } finally {
    for (const receiver of receivers) await receiver.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function subscribe(location: string, receivers: readonly Receiver[]): Promise<void> {
  await withEmitter(location, async ({ subscriptions }) => {
    for (const { url } of receivers) await subscriptions.create({ subject, url: `${url}hook` })
  })
}

async function withEmitter<Result>(
  location: string,
  work: (emitter: Emitter) => Promise<Result>,
): Promise<Result> {
  const store = createSqliteStore({ location })
  const emitter = await createEmitter({ site, addresses, store, role: 'emit' })
  try {
    return await work(emitter)
  } finally {
    await emitter.stop()
  }
}

async function readStates({ deliveries }: Emitter): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>()
  let page = await deliveries.list({ maxCount: 1_000 })
  for (;;) {
    for (const { id, state } of page.deliveries) states.set(id, state)
    if (page.next === null) return states
    page = await deliveries.list({ maxCount: 1_000, cursor: page.next })
  }
}
