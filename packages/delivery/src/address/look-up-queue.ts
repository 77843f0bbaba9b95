import { toDomain } from './domain.ts'
import { createNameSpeeds, type NameSpeed, type NameSpeeds } from './name-speeds.ts'
import type { ResolvedAddress } from './resolver.ts'

/**
 * Asks for names, two at a time, of which one at most is not known to be quick: however many names of one tenant hang, those that
 * were found quickly before go on being found through what is left.
 *
 *   waiting ──a slot for names of its speed is free──▶ running ──answered──▶ its speed is remembered
 *      └──nobody waits for it any longer──▶ never asked for
 *
 * A look-up that takes long is slow from when that shows, while it still runs: nobody can interrupt it, and a second that is not
 * known to be quick would take the last slot. Names known to be slow and names nobody has asked for yet take turns. While no name
 * is known to be quick, as in a process that has just begun, those that are not known may take both slots. Whoever waits for the
 * same name shares one look-up.
 *
 * A name that was quick and no longer is holds the slot of the quick ones for as long as its look-up takes: to give it up would gain
 * nothing, since libuv runs two such look-ups at a time itself, of four threads (`slow_work_thread_threshold`). What bounds that is
 * that a domain gets to do so twice, then once in a minute, in two and so on; see {@link NameSpeeds}. Those that wait for the slot
 * take turns by domain, the one whose turn was longest ago first: while a name waits, one of each other domain begins at most, and
 * those of its own that came before. Whatever is learnt of names, how often or how quickly they are found, gets no domain a second
 * turn: who has a name server could earn that.
 */
export interface LookUpQueue {
  /** Rejects with the error of the look-up, or with the signal's reason. */
  lookUp(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]>
}

/** Calls back when a look-up that begins now has become slow, unless that is cancelled. */
export type WatchSlow = (onSlow: () => void) => () => void

/** A look-up that takes this long is slow. */
const slowMs = 500

const maxRunning = 2

/** Names remembered for their speed, and domains for their turns. */
const maxRemembered = 10_000

interface LookUp {
  readonly host: string
  readonly domain: string
  readonly answer: PromiseWithResolvers<readonly ResolvedAddress[]>
  speed: NameSpeed
  waiterCount: number
}

export function createLookUpQueue(
  ask: (host: string) => Promise<readonly ResolvedAddress[]>,
  watchSlow: WatchSlow = watchByTimer,
  speeds: NameSpeeds = createNameSpeeds(maxRemembered),
): LookUpQueue {
  const byHost = new Map<string, LookUp>()
  const waiting = { quick: new Set<LookUp>(), unknown: new Set<LookUp>(), slow: new Set<LookUp>() }
  const running = new Set<LookUp>()
  /** When each domain had its last turn among the quick, in turns; the longest ago first. */
  const turns = new Map<string, number>()
  let turnCount = 0
  let isTurnOfSlow = false

  function pick(): LookUp | undefined {
    if (running.size >= maxRunning) return undefined
    const others = [...running].filter(({ speed }) => speed !== 'quick')
    const maxOthers = speeds.hasQuick ? 1 : maxRunning
    return (others.length < maxOthers ? pickOther(others) : undefined) ?? pickQuick()
  }

  /** One of the domain whose turn was longest ago; of several, the one that has waited longest. */
  function pickQuick(): LookUp | undefined {
    let best: LookUp | undefined
    for (const lookUp of waiting.quick) {
      if (best === undefined || turnOf(lookUp) < turnOf(best)) best = lookUp
    }
    return best
  }

  function turnOf({ domain }: LookUp): number {
    return turns.get(domain) ?? 0
  }

  function takeTurn({ domain }: LookUp): void {
    turnCount += 1
    turns.delete(domain)
    turns.set(domain, turnCount)
    const [oldest] = turns.keys()
    if (turns.size > maxRemembered && oldest !== undefined) turns.delete(oldest)
  }

  /** Others of its domain that wait may have stopped being quick with it. */
  function hangs(lookUp: LookUp): void {
    if (lookUp.speed === 'quick') speeds.hangs(lookUp.host)
    lookUp.speed = 'slow'
    speeds.remember(lookUp.host, 'slow')
    const others = Array.from(waiting.quick)
    waiting.quick.clear()
    for (const other of others) {
      other.speed = speeds.of(other.host)
      waiting[other.speed].add(other)
    }
    runNext()
  }

  function pickOther(others: readonly LookUp[]): LookUp | undefined {
    const slow = others.some(({ speed }) => speed === 'slow') ? undefined : first(waiting.slow)
    const unknown = first(waiting.unknown)
    return isTurnOfSlow ? (slow ?? unknown) : (unknown ?? slow)
  }

  function runNext(): void {
    for (let next = pick(); next !== undefined; next = pick()) {
      waiting[next.speed].delete(next)
      running.add(next)
      if (next.speed === 'quick') takeTurn(next)
      else isTurnOfSlow = next.speed === 'unknown'
      void run(next)
    }
  }

  async function run(lookUp: LookUp): Promise<void> {
    const { host, answer } = lookUp
    let speed: 'quick' | 'slow' = 'quick'
    const stopWatching = watchSlow(() => {
      speed = 'slow'
      hangs(lookUp)
    })
    try {
      answer.resolve(await ask(host))
    } catch (error) {
      answer.reject(error)
    }
    stopWatching()
    if (speed === 'quick') speeds.remember(host, speed)
    running.delete(lookUp)
    byHost.delete(host)
    runNext()
  }

  function join(host: string): LookUp {
    const known = byHost.get(host)
    if (known !== undefined) return known
    const speed = speeds.of(host)
    const answer = Promise.withResolvers<readonly ResolvedAddress[]>()
    const lookUp: LookUp = { host, domain: toDomain(host), answer, speed, waiterCount: 0 }
    // Each waiter handles a failure; when none is left, nobody has to.
    answer.promise.catch(() => {})
    byHost.set(host, lookUp)
    waiting[speed].add(lookUp)
    runNext()
    return lookUp
  }

  function leave(lookUp: LookUp): void {
    lookUp.waiterCount -= 1
    // One that runs cannot be interrupted, and its slot is not free before it ends.
    if (lookUp.waiterCount === 0 && waiting[lookUp.speed].delete(lookUp)) byHost.delete(lookUp.host)
  }

  return {
    async lookUp(host, signal) {
      signal.throwIfAborted()
      const shared = join(host)
      shared.waiterCount += 1
      const { promise: aborted, reject } = Promise.withResolvers<never>()
      const onAbort = (): void => reject(signal.reason)
      signal.addEventListener('abort', onAbort)
      try {
        return await Promise.race([shared.answer.promise, aborted])
      } finally {
        signal.removeEventListener('abort', onAbort)
        leave(shared)
      }
    },
  }
}

function first(lookUps: ReadonlySet<LookUp>): LookUp | undefined {
  const [lookUp] = lookUps
  return lookUp
}

function watchByTimer(onSlow: () => void): () => void {
  const timer = setTimeout(onSlow, slowMs)
  timer.unref()
  return () => clearTimeout(timer)
}
