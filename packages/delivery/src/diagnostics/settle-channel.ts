import { type Channel, channel } from 'node:diagnostics_channel'
import type { AttemptedEvent } from '../worker/worker-events.ts'

const settleChannel: Channel = channel('posthorn:settle')

/** Tells the subscribers of `posthorn:settle` that an attempt was recorded and where its delivery went. */
export function publishSettled(event: AttemptedEvent): void {
  if (settleChannel.hasSubscribers) settleChannel.publish(event)
}
