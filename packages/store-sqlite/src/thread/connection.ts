import type { Worker } from 'node:worker_threads'
import { type AppendRequest, type RememberedMatch, StoreError } from '@posthorn/core'
import type { ResolvedOptions } from '../options.ts'
import { BodyCopies } from './body-copies.ts'
import {
  type Answer,
  type Arguments,
  type Call,
  monotonicMs,
  type OperationName,
  type Outcome,
  type Request,
  type Response,
} from './protocol.ts'
import { startWorker } from './start-worker.ts'
import { toStoreError } from './wire-error.ts'

/** Somebody who waits for the worker. */
interface Waiting {
  resolve(outcome: unknown): void
  reject(error: unknown): void
}

/**
 * The way from a handle to its worker. Calls made in one turn of the event loop travel in one message; the worker takes all
 * messages that came while it was busy into its next transaction.
 *
 * A worker keeps the process alive only while something is asked of it. If it dies, what was asked of it is rejected, written or
 * not, and the next call starts another one.
 */
export class Connection {
  readonly #options: ResolvedOptions
  readonly #now: () => number
  readonly #waiting = new Map<number, Waiting>()
  readonly #bodies = new BodyCopies()
  #gathered: Call[] = []
  #lastId = 0
  #worker: Worker | null = null
  #wasOpen = false
  #closing: Promise<void> | null = null
  #tellQuiet: (() => void) | null = null

  /** @param now the clock of the handle, in epoch ms */
  constructor(options: ResolvedOptions, now: () => number) {
    this.#options = options
    this.#now = now
  }

  /** @throws {StoreError} whatever is wrong with the file */
  async open(): Promise<void> {
    this.#lastId += 1
    const opened = this.#answerTo(this.#lastId)
    this.#post({ kind: 'open', id: this.#lastId, now: this.#now() })
    try {
      await opened
    } catch (error) {
      await this.close()
      throw error
    }
    this.#wasOpen = true
  }

  /** @throws {StoreError} `store.closed` */
  checkOpen(): void {
    if (this.#closing === null) return
    throw new StoreError({ code: 'store.closed', message: 'The SQLite store handle was used after `close`.' })
  }

  async call<Name extends OperationName>(name: Name, args: Arguments<Name>): Promise<Outcome<Name>> {
    this.checkOpen()
    this.#lastId += 1
    const call = { id: this.#lastId, name, args, now: this.#now(), askedAt: monotonicMs() }
    if (this.#gathered.length === 0) planAfterThisTurn(() => this.#send())
    // Name and arguments belong together, which a union of calls cannot see of a generic one.
    this.#gathered.push(call as unknown as Call)
    return parseOutcome<Name>(await this.#answerTo(call.id))
  }

  /** Bodies are copied at once, so that what the caller does to its own afterwards is not seen. */
  async append(request: AppendRequest): Promise<Outcome<'append'>> {
    this.checkOpen()
    return this.call('append', [this.#bodies.copy(request)])
  }

  /** As {@link append}. */
  async appendMatched(request: AppendRequest, match: RememberedMatch): Promise<Outcome<'appendMatched'>> {
    this.checkOpen()
    return this.call('appendMatched', [this.#bodies.copy(request), match])
  }

  /** Resolves when what was asked before is answered and the file is closed. */
  close(): Promise<void> {
    this.#closing ??= this.#closeWhenQuiet()
    return this.#closing
  }

  async #closeWhenQuiet(): Promise<void> {
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        this.#tellQuiet = resolve
      })
    }
    const worker = this.#worker
    if (worker === null) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.ref()
    this.#post({ kind: 'close' })
    await ended
  }

  #answerTo(id: number): Promise<unknown> {
    if (this.#waiting.size === 0) this.#worker?.ref()
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
    })
  }

  #send(): void {
    const calls = this.#gathered
    this.#gathered = []
    const bodies = this.#bodies.take()
    try {
      this.#post({ kind: 'calls', calls }, bodies)
    } catch {
      // One of them holds what cannot be sent, such as a function; the others shall not suffer for it.
      for (const call of calls) this.#sendAlone(call)
    }
  }

  #sendAlone(call: Call): void {
    try {
      this.#post({ kind: 'calls', calls: [call] })
    } catch (error) {
      const message = `${call.name}: ${error instanceof Error ? error.message : String(error)}`
      this.#settle({
        id: call.id,
        error: { code: 'store.failed', message, isTransient: false, cause: error },
      })
    }
  }

  #post(request: Request, transferred: readonly ArrayBuffer[] = []): void {
    this.#startedWorker().postMessage(request, transferred)
  }

  #startedWorker(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = startWorker({ options: this.#options, mustExist: this.#wasOpen })
    let fault: unknown
    worker.on('message', ({ answers }: Response) => {
      for (const answer of answers) this.#settle(answer)
    })
    worker.on('error', (error) => {
      fault = error
    })
    worker.on('exit', (exitCode) => this.#lose(worker, exitCode, fault))
    if (this.#waiting.size > 0) worker.ref()
    this.#worker = worker
    return worker
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('error' in answer) waiting?.reject(toStoreError(answer.error))
    else waiting?.resolve(answer.outcome)
    if (this.#waiting.size > 0) return
    this.#worker?.unref()
    this.#tellQuiet?.()
  }

  /** What has not been sent yet stays: it is for the next worker. */
  #lose(worker: Worker, exitCode: number, fault: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = null
    const unsent = new Set(this.#gathered.map(({ id }) => id))
    const cause = fault ?? new Error(`The worker thread ended with exit code ${exitCode}.`)
    const message = 'The thread of the store died; whether it had written what was asked of it is not known.'
    for (const id of [...this.#waiting.keys()].filter((waiting) => !unsent.has(waiting)))
      this.#settle({ id, error: { code: 'store.failed', message, isTransient: true, cause } })
  }
}

/** Runs when the current turn of the event loop is over, with everything that its promises bring about. */
function planAfterThisTurn(run: () => void): void {
  queueMicrotask(() => process.nextTick(run))
}

/** What our own worker says is not checked again. */
function parseOutcome<Name extends OperationName>(outcome: unknown): Outcome<Name> {
  return outcome as Outcome<Name>
}
