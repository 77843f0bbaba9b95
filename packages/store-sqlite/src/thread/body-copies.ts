import type { AppendRequest } from '@posthorn/core'

const firstChunkBytes = 16 * 1024
const maxChunkBytes = 1024 * 1024

/**
 * Copies of bodies on their way to the worker: the caller keeps its bytes, and may change them once its call has returned. Small
 * ones share a buffer, and the buffers are handed over rather than copied again.
 */
export class BodyCopies {
  #chunks: ArrayBuffer[] = []
  #offset = 0

  /** The request with bytes of its own. */
  copy(request: AppendRequest): AppendRequest {
    return {
      ...request,
      bodies: request.bodies.map((body) => ({ ...body, bytes: this.#copyOf(body.bytes) })),
    }
  }

  /** The buffers since the last time. */
  take(): readonly ArrayBuffer[] {
    const chunks = this.#chunks
    this.#chunks = []
    this.#offset = 0
    return chunks
  }

  #copyOf(bytes: Uint8Array): Uint8Array {
    const chunk = this.#roomFor(bytes.byteLength)
    const copy = new Uint8Array(chunk, this.#offset, bytes.byteLength)
    copy.set(bytes)
    this.#offset += bytes.byteLength
    return copy
  }

  #roomFor(byteCount: number): ArrayBuffer {
    const last = this.#chunks.at(-1)
    if (last !== undefined && this.#offset + byteCount <= last.byteLength) return last
    const usual = Math.min(maxChunkBytes, firstChunkBytes * 2 ** this.#chunks.length)
    const chunk = new ArrayBuffer(Math.max(usual, byteCount))
    this.#chunks.push(chunk)
    this.#offset = 0
    return chunk
  }
}
