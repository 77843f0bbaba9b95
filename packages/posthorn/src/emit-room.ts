import { StoreError } from '@posthorn/core'

/** Bounds what emits keep in memory until the store has it. */
export interface EmitRoom {
  /**
   * Runs an emit, with the room for its bodies, which is given back when it ends.
   * @throws {StoreError} `store.overloaded` if as many run as may
   */
  run<Result>(emit: (bodies: BodyRoom) => Promise<Result>): Promise<Result>
}

/** What the bodies of one emit take of the room for all. */
export interface BodyRoom {
  /**
   * Called for each body as it is built. What is larger than all the room there is may go alone.
   * @throws {StoreError} `store.overloaded` if there is no room for it beside those of other emits
   */
  take(byteCount: number): void
  /** Called before the bodies are built anew. */
  empty(): void
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
      const bodies = createBodyRoom()
      try {
        return await emit(bodies)
      } finally {
        emitCount -= 1
        bodies.empty()
      }
    },
  }

  function createBodyRoom(): BodyRoom {
    let ownBytes = 0
    return {
      take(byteCount) {
        if (waitingBytes > ownBytes && waitingBytes + byteCount > maxWaitingBytes) {
          throw overloaded(
            `${waitingBytes} bytes of bodies are waiting for the store, and ${byteCount} more are too many for \`maxWaitingBytes\`.`,
          )
        }
        ownBytes += byteCount
        waitingBytes += byteCount
      },
      empty() {
        waitingBytes -= ownBytes
        ownBytes = 0
      },
    }
  }
}

function overloaded(message: string): StoreError {
  return new StoreError({ code: 'store.overloaded', message: `${message} Emit again later.` })
}
