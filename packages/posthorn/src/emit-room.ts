import { StoreError } from '@posthorn/core'

/** Bounds what emits keep in memory while they wait for the store. */
export interface EmitRoom {
  /**
   * Runs an emit.
   * @throws {StoreError} `store.overloaded` if as many run as may
   */
  run<Result>(emit: () => Promise<Result>): Promise<Result>
  /**
   * Runs the writing of bodies of so many bytes in all. What is larger than all the room there is may go alone.
   * @throws {StoreError} `store.overloaded` if there is no room for them
   */
  write<Result>(byteCount: number, write: () => Promise<Result>): Promise<Result>
}

export interface EmitRoomOptions {
  readonly maxWaitingEmits: number
  readonly maxWaitingBytes: number
}

export function createEmitRoom({ maxWaitingEmits, maxWaitingBytes }: EmitRoomOptions): EmitRoom {
  let emitCount = 0
  let waitingBytes = 0
  return {
    async run(emit) {
      if (emitCount >= maxWaitingEmits) {
        throw overloaded(
          `${emitCount} emits are waiting for the store, as many as \`maxWaitingEmits\` allows.`,
        )
      }
      emitCount += 1
      try {
        return await emit()
      } finally {
        emitCount -= 1
      }
    },
    async write(byteCount, write) {
      if (waitingBytes > 0 && waitingBytes + byteCount > maxWaitingBytes) {
        throw overloaded(
          `${waitingBytes} bytes of bodies are waiting for the store, and ${byteCount} more are too many for \`maxWaitingBytes\`.`,
        )
      }
      waitingBytes += byteCount
      try {
        return await write()
      } finally {
        waitingBytes -= byteCount
      }
    },
  }
}

function overloaded(message: string): StoreError {
  return new StoreError({ code: 'store.overloaded', message: `${message} Emit again later.` })
}
