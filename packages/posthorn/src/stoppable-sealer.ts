import { type SecretSealer, StateError } from '@posthorn/core'
import { AbortedError, untilAborted } from '@posthorn/delivery'

/**
 * The same sealer, which waits for the functions of the host no longer than a stop does.
 * @param cutOff aborts when the time that a stop leaves to what is running is over
 */
export function createStoppableSealer(sealer: SecretSealer, cutOff: AbortSignal): SecretSealer {
  return {
    seal: (secret, place) => orStopped(sealer.seal(secret, place), cutOff),
    open: (sealed, place) => orStopped(sealer.open(sealed, place), cutOff),
  }
}

async function orStopped(work: Promise<string>, cutOff: AbortSignal): Promise<string> {
  try {
    return await untilAborted(work, cutOff)
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error
    throw new StateError({
      code: 'emitter.stopped',
      message:
        'This emitter was stopped while it waited for the functions of `encryption`; nothing was stored.',
    })
  }
}
