import type { Dispatcher } from 'undici'

/** The part of an answer that is read. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** Of a redirect. */
  readonly location: string | undefined
  /** At most `maxAnswerBytes`, as they came: never decompressed. */
  readonly body: Uint8Array
}

/** What came of one request over one connection. */
export type Exchange =
  /** A status arrived. `isWhole`: so did the end of the answer. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly isWhole: boolean }
  /** The connection failed before a status arrived. */
  | {
      readonly kind: 'failed'
      readonly error: Error
      /** Whether some of an answer had come. */
      readonly hasBegun: boolean
    }
  /** The attempt was cut off before a status arrived. */
  | { readonly kind: 'cut-off' }

/**
 * Reads one answer, up to a bound: the handler that undici calls. A status decides; whatever happens to the answer after it
 * only shortens what is kept of the body.
 */
export class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #maxAnswerBytes: number
  readonly #onEnd: (exchange: Exchange) => void
  readonly #chunks: Buffer[] = []
  #readBytes = 0
  #head: Omit<Answer, 'body'> | null = null
  #firstByteAt: number | null = null

  /** @param onEnd called once or more; only the first call counts */
  constructor(maxAnswerBytes: number, onEnd: (exchange: Exchange) => void) {
    this.#maxAnswerBytes = maxAnswerBytes
    this.#onEnd = onEnd
  }

  /** When the answer began, on the monotonic clock; null if it did not. */
  get firstByteAt(): number | null {
    return this.#firstByteAt
  }

  onRequestStart(): void {}

  onResponseStarted(): void {
    this.#firstByteAt ??= performance.now()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Interim answers are passed over; their statuses are told by the connection, as they came.
    if (status >= 100 && status < 200) return
    this.#head = {
      status,
      retryAfter: toFirst(headers['retry-after']),
      location: status < 400 && status >= 300 ? toFirst(headers.location) : undefined,
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const kept = chunk.subarray(0, this.#maxAnswerBytes - this.#readBytes)
    // Copied, since the chunk is a window on a larger buffer that would stay in memory with it.
    this.#chunks.push(Buffer.from(kept))
    this.#readBytes += kept.length
    if (kept.length < chunk.length) this.#end(false, { kind: 'cut-off' })
  }

  onResponseEnd(): void {
    this.#end(true, { kind: 'cut-off' })
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#end(false, { kind: 'failed', error, hasBegun: this.#firstByteAt !== null })
  }

  /** Ends with what was read so far. */
  cutOff(): void {
    this.#end(false, { kind: 'cut-off' })
  }

  #end(isWhole: boolean, withoutStatus: Exchange): void {
    const answer = this.#head === null ? null : { ...this.#head, body: Buffer.concat(this.#chunks) }
    this.#onEnd(answer === null ? withoutStatus : { kind: 'answered', answer, isWhole })
  }
}

function toFirst(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
