import type { PosthornErrorCode } from './error-codes.ts'

/** What every error of Posthorn is made from. */
export interface PosthornErrorOptions {
  readonly code: PosthornErrorCode
  /** What happened with which value, then one hint at most. Never holds a secret. */
  readonly message: string
  readonly cause?: unknown
}

/** The root of every error that Posthorn throws. Tell errors apart by {@link PosthornError.code}, never by their message. */
export class PosthornError extends Error {
  readonly code: PosthornErrorCode

  constructor(options: PosthornErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = options.code
  }
}

/** Input of the host or of a tenant was refused; nothing was changed. */
export class InvalidInputError extends PosthornError {
  /** The path of the refused value, such as `url` or `refUpdates[2].ref`. */
  readonly field: string

  constructor(options: PosthornErrorOptions & { readonly field: string }) {
    super(options)
    this.field = options.field
  }
}

/** A limit on the number of subscriptions was reached; nothing was changed. */
export class LimitReachedError extends PosthornError {
  /** How many are allowed. */
  readonly limit: number
  /** How many there were when the call was refused. */
  readonly count: number

  constructor(options: { readonly message: string; readonly limit: number; readonly count: number }) {
    super({ code: 'subscription.limit-reached', message: options.message })
    this.limit = options.limit
    this.count = options.count
  }
}

/** A subscription or delivery was asked for by an id that does not exist. */
export class NotFoundError extends PosthornError {
  readonly id: string

  constructor(options: PosthornErrorOptions & { readonly id: string }) {
    super(options)
    this.id = options.id
  }
}

/** A call came at a time, or in a state, in which it cannot be served. */
export class StateError extends PosthornError {}

/** A store refused or failed; what it was asked to write was not written, unless what failed died meanwhile (`store.failed`, transient). */
export class StoreError extends PosthornError {
  /** Whether the same call may succeed when it is made again: a busy file, a conflict, a lost connection. */
  readonly isTransient: boolean

  constructor(options: PosthornErrorOptions & { readonly isTransient?: boolean }) {
    super(options)
    this.isTransient = options.isTransient ?? false
  }
}
