import { createReceiver, type Receiver, type ReceiverOptions } from '@posthorn/test-kit/receiver'
import type { Answer } from '@posthorn/test-kit/receiver-answer'
import { onTestFinished } from 'vitest'
import type { AttemptedEvent, Emitter, EmitterOptions } from '../src/index.ts'
import { createPush, startEmitter } from './samples.ts'

export const failing: Answer = { kind: 'status', status: 503 }

/** An emitter that stops when the test ends. */
export async function open(options: Partial<EmitterOptions> = {}): Promise<Emitter> {
  const emitter = await startEmitter(options)
  onTestFinished(() => emitter.stop({ timeoutMs: 100 }))
  return emitter
}

/** A receiver that closes when the test ends. */
export async function receive(options: ReceiverOptions = {}): Promise<Receiver> {
  const receiver = await createReceiver(options)
  onTestFinished(() => receiver.close())
  return receiver
}

/** Emits a push and gives the id of its first delivery. */
export async function deliver(emitter: Emitter): Promise<string> {
  const { deliveries } = await emitter.emit(createPush())
  return deliveries[0]?.id ?? ''
}

/** The attempts of an emitter, as they are told. */
export function attemptsOf(emitter: Emitter): AttemptedEvent[] {
  const attempts: AttemptedEvent[] = []
  emitter.on('attempted', (event) => void attempts.push(event))
  return attempts
}
