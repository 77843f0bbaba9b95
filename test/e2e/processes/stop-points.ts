import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { BroadcastChannel, getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

/**
 * Lets a process be stopped (SIGSTOP) at a statement of its store. It is loaded into the process and, as a preload, into the thread
 * that SQLite works on, where it wraps every statement:
 *
 *   armed with a count ──that many statements of the text──▶ the thread waits, the main thread says `stopped` and stops
 *   stopped ──SIGCONT──▶ the main thread lets the thread go on, which says `resumed`
 *
 * The main thread does what had been asked of it before it stops: if it was told of a commit too early, it has passed that on.
 */
const shared = isMainThread
  ? new Int32Array(new SharedArrayBuffer(8))
  : parseShared(getEnvironmentData(key()))
const countdown = 0
const isResumed = 1

/** A part of the statement to stop at; empty: any. And whether to stop before it runs or after. */
const [when, text = ''] = (process.env.STOP_AT ?? 'before ').split(/ (.*)/s)

/** Stops at the statement of the given number from now on, counted from 1. */
export function arm(count: number): void {
  Atomics.store(shared, countdown, count)
}

const channel = new BroadcastChannel(key())
channel.unref()

if (isMainThread) {
  setEnvironmentData(key(), shared)
  channel.onmessage = () => setImmediate(stop)
  process.on('SIGCONT', () => {
    Atomics.store(shared, isResumed, 1)
    Atomics.notify(shared, isResumed)
  })
} else {
  wrapStatements()
}

function wrapStatements(): void {
  wrap(DatabaseSync.prototype, 'exec', (run, [statement]) => atPoint(String(statement), run))
  wrap(DatabaseSync.prototype, 'prepare', (prepare, [statement]) => {
    const prepared = prepare()
    if (!(prepared instanceof StatementSync)) return prepared
    for (const method of ['run', 'get', 'all', 'iterate'])
      wrap(prepared, method, (run) => atPoint(String(statement), run))
    return prepared
  })
}

function wrap(
  target: object,
  method: string,
  around: (run: () => unknown, values: readonly unknown[]) => unknown,
): void {
  const plain: unknown = Reflect.get(target, method)
  if (typeof plain !== 'function') throw new TypeError(`There is no ${method} to stop at.`)
  Object.defineProperty(target, method, {
    value(this: unknown, ...values: unknown[]): unknown {
      return around(() => Reflect.apply(plain, this, values), values)
    },
  })
}

function atPoint<Result>(statement: string, run: () => Result): Result {
  const isPoint = statement.includes(text) && Atomics.sub(shared, countdown, 1) === 1
  if (isPoint && when === 'before') hold()
  const result = run()
  if (isPoint && when === 'after') hold()
  return result
}

/** On the thread of the store. */
function hold(): void {
  Atomics.store(shared, isResumed, 0)
  channel.postMessage(null)
  Atomics.wait(shared, isResumed, 0)
  say('resumed')
}

/** On the main thread. */
function stop(): void {
  say('stopped')
  process.kill(process.pid, 'SIGSTOP')
}

/** Straight to the pipe, past whatever is busy or stopped. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function key(): string {
  return 'stop-points'
}

function parseShared(value: unknown): Int32Array<SharedArrayBuffer> {
  return value as Int32Array<SharedArrayBuffer>
}
