import { parentPort, receiveMessageOnPort, type Transferable, workerData } from 'node:worker_threads'
import { toStoreError } from '../database/sqlite-error.ts'
import { isRead } from './operations.ts'
import type { Answer, Call, Request, WorkerStart } from './protocol.ts'
import { runCalls } from './run-calls.ts'
import { Session } from './session.ts'
import { toWireError } from './wire-error.ts'

/**
 * The worker thread of one handle. It takes requests in their order, and all calls that have come by then at a time: while a
 * transaction is under way, the next one gathers in the port. Only reads overtake one that waits for another process.
 */
if (parentPort === null) throw new Error('This module runs on a worker thread.')
const port = parentPort
const session = new Session(workerData as WorkerStart)

/** Calls in one transaction, but for those that came in one message: a bound on how long one lasts. */
const maxCallsPerTransaction = 512

/** What came while a transaction waited to begin, and is for the next one. */
const postponed: Request[] = []

port.on('message', (first: Request) => {
  postponed.push(first)
  while (postponed.length > 0) runGathered()
})

function runGathered(): void {
  let calls: readonly Call[] = []
  const run = () => {
    const gathered = calls
    calls = []
    if (gathered.length > 0) runCalls(session, gathered, respond, answerReads)
  }
  for (let request = next(); request !== undefined; request = next()) {
    if (request.kind === 'calls') calls = calls.concat(request.calls)
    if (request.kind !== 'calls' || calls.length >= maxCallsPerTransaction) run()
    if (request.kind === 'open') respond([open(request.id, request.now)])
    if (request.kind === 'close') {
      end()
      return
    }
  }
  run()
}

function next(): Request | undefined {
  return postponed.shift() ?? receive()
}

/** While another process holds the file: who only reads waits for nobody. */
function answerReads(): void {
  for (let request = receive(); request !== undefined; request = receive()) {
    if (request.kind !== 'calls') {
      postponed.push(request)
      continue
    }
    const reads = request.calls.filter(({ name }) => isRead(name))
    const calls = request.calls.filter(({ name }) => !isRead(name))
    if (reads.length > 0) runCalls(session, reads, respond)
    if (calls.length > 0) postponed.push({ kind: 'calls', calls })
  }
}

function receive(): Request | undefined {
  return (receiveMessageOnPort(port) as { readonly message: Request } | undefined)?.message
}

function open(id: number, now: number): Answer {
  try {
    session.database(now)
    return { id, outcome: null }
  } catch (error) {
    return { id, error: toWireError(toStoreError(error, session.options.location)) }
  }
}

function end(): void {
  session.close()
  port.close()
}

function respond(answers: readonly Answer[]): void {
  port.postMessage({ answers }, bodiesOf(answers))
}

/** The bytes of bodies that were read, each alone in its buffer: they are handed over, not copied. */
function bodiesOf(answers: readonly Answer[]): readonly Transferable[] {
  const items = answers.flatMap((answer): readonly unknown[] =>
    'outcome' in answer && Array.isArray(answer.outcome) ? answer.outcome : [],
  )
  return items.flatMap((item) =>
    item instanceof Uint8Array && item.buffer instanceof ArrayBuffer ? [item.buffer] : [],
  )
}
