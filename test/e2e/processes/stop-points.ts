import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

/**
 * Lets a process be stopped (SIGSTOP) at a statement of its store. It is loaded into the process and, as a preload, into the thread
 * that SQLite works on, where it wraps every statement:
 *
 *   armed with a count ──that many statements of the text──▶ says `stopped`, SIGSTOP ──SIGCONT──▶ says `resumed`, goes on
 *
 * The thread raises the signal itself and then waits for the main thread to see SIGCONT, so that it is exactly at its statement
 * for as long as the process is stopped, however long the signal takes to reach all threads.
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

if (isMainThread) {
  setEnvironmentData(key(), shared)
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
  if (isPoint && when === 'before') stop()
  const result = run()
  if (isPoint && when === 'after') stop()
  return result
}

function stop(): void {
  Atomics.store(shared, isResumed, 0)
  say('stopped')
  process.kill(process.pid, 'SIGSTOP')
  Atomics.wait(shared, isResumed, 0)
  say('resumed')
}

/** Straight to the pipe: what a thread prints goes through the main thread, which is stopped. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function key(): string {
  return 'stop-points'
}

function parseShared(value: unknown): Int32Array<SharedArrayBuffer> {
  return value as Int32Array<SharedArrayBuffer>
}
