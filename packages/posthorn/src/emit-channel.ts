import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { EventKey } from '@posthorn/core'
import type { Receipt } from './emitter.ts'

/** What the tracing channel `posthorn:emit` carries: one object per emit, the same one from `start` to `asyncEnd`. */
export interface EmitTrace {
  readonly eventKey: EventKey
  /** That of the host; null if the emitter makes one, which the receipt names. */
  readonly eventId: string | null
  readonly repositoryId: string
  readonly depth: number
  /** There at `asyncStart` and `asyncEnd`, unless the emit was refused. */
  readonly result?: Receipt
  /** There from `error` on. */
  readonly error?: unknown
}

const channel: TracingChannel<unknown, EmitTrace> = tracingChannel('posthorn:emit')

/** Runs an emit, in whatever context its subscribers bind to it. */
export function traceEmit(trace: EmitTrace, emit: () => Promise<Receipt>): Promise<Receipt> {
  return channel.hasSubscribers ? channel.tracePromise(emit, trace) : emit()
}
