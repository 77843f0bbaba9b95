import type { AttemptRecord, HeaderPair } from '@posthorn/core'
import type { SecurityProfile } from './security-profile.ts'

/** One attempt's request. */
export interface SendRequest {
  readonly url: URL
  /** In the order they are sent; `Host`, `Connection` and `Content-Length` are added. */
  readonly headers: readonly HeaderPair[]
  readonly body: Uint8Array
  readonly profile: SecurityProfile
  /** From the beginning of the look-up to the end of the answer. */
  readonly deadlineMs: number
}

/** The record of an attempt but for what whoever prepared it knows. */
export type SendRecord = Omit<AttemptRecord, 'requestHeaders'>
