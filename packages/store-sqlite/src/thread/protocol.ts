import type { AppendRequest, EventKey, PosthornErrorCode, StoreHandle, SubjectRef } from '@posthorn/core'
import type { ResolvedOptions } from '../options.ts'

/** The methods of the port that the worker answers. */
export type OperationName = Exclude<keyof StoreHandle, 'onWake' | 'close'>

/** What they are asked with; the transaction of a host stays outside. */
export type Arguments<Name extends OperationName> = Name extends 'append'
  ? readonly [AppendRequest]
  : Name extends 'match'
    ? readonly [readonly SubjectRef[], EventKey]
    : Readonly<Parameters<StoreHandle[Name]>>

export type Outcome<Name extends OperationName> = Awaited<ReturnType<StoreHandle[Name]>>

/** One call of a handle. */
export interface CallOf<Name extends OperationName> {
  readonly id: number
  readonly name: Name
  readonly args: Arguments<Name>
  /** The reading of the handle's clock at the time of the call. */
  readonly now: number
  /** {@link monotonicMs} at the time of the call; the wait for a busy file counts from here. */
  readonly askedAt: number
}

export type Call = { [Name in OperationName]: CallOf<Name> }[OperationName]

/** What became of a call. */
export type Answer =
  | { readonly id: number; readonly outcome: unknown }
  | { readonly id: number; readonly error: WireError }

/** A `StoreError` on its way between threads, which keep the message of an error and forget its class. */
export interface WireError {
  readonly code: PosthornErrorCode
  readonly message: string
  readonly isTransient: boolean
  readonly cause: unknown
}

/** From the handle to its worker. All but `close` are answered, call by call. */
export type Request =
  | { readonly kind: 'open'; readonly id: number; readonly now: number }
  | { readonly kind: 'calls'; readonly calls: readonly Call[] }
  | { readonly kind: 'close' }

/** From the worker to its handle. */
export interface Response {
  readonly answers: readonly Answer[]
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly options: ResolvedOptions
  /** Whether the handle had the file open before: then it must not be made anew. */
  readonly mustExist: boolean
}

/** What a backup is started with. */
export interface BackupStart {
  /** Absolute, both. */
  readonly location: string
  readonly destination: string
  readonly busyTimeoutMs: number
}

/** A clock that all threads of a process share and nobody sets, in ms. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}
