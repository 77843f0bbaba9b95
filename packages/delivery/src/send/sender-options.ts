import { type Clock, parseInteger, systemClock } from '@posthorn/core'
import type { AddressPolicy } from '../address/address-policy.ts'
import type { Resolver } from '../address/resolver.ts'
import { type Network, resolveNetwork } from './network-options.ts'

export interface SenderOptions {
  /** Says which targets may be reached. */
  readonly policy: AddressPolicy
  /** Finds the addresses of names. @default 'system' */
  readonly resolver?: Resolver
  /** How connections are made. @default directly, with Node's authorities */
  readonly network?: Network
  /**
   * How long the look-ups of at least three names, and of all names, must have failed before that is a fault of our own side, in
   * ms from 0 up. @default 30_000
   */
  readonly lookUpOutageMs?: number
  /** For dates in `Retry-After`. @default the clock of this machine */
  readonly clock?: Clock
  /** Bytes of an answer's body that are read, from 0 up; the rest is cut. @default 16_384 */
  readonly maxAnswerBytes?: number
  /** UTF-16 code units of an answer's body that are kept, from 0 up. @default 1_024 */
  readonly maxExcerptLength?: number
  /** How long after it was opened a socket may begin another attempt, in ms from 0 up. @default 300_000 */
  readonly maxSocketAgeMs?: number
  /** What a receiver may raise the time to after which a quiet connection is ended, in ms from 1 up. @default 60_000 */
  readonly maxQuietMs?: number
  /**
   * Quiet connections kept to one origin, from 0 up. How many are busy at a time is up to whoever calls `send`.
   * @default 10
   */
  readonly connectionsPerOrigin?: number
  /** Quiet connections kept in all, from 0 up. @default 256 */
  readonly maxKeptConnections?: number
}

export type ResolvedSenderOptions = Required<SenderOptions>

const defaultSenderOptions: Omit<ResolvedSenderOptions, 'policy'> = {
  resolver: 'system',
  network: resolveNetwork({}),
  lookUpOutageMs: 30_000,
  clock: systemClock,
  maxAnswerBytes: 16_384,
  maxExcerptLength: 1_024,
  maxSocketAgeMs: 300_000,
  maxQuietMs: 60_000,
  connectionsPerOrigin: 10,
  maxKeptConnections: 256,
}

const countNames = [
  'lookUpOutageMs',
  'maxAnswerBytes',
  'maxExcerptLength',
  'maxSocketAgeMs',
  'connectionsPerOrigin',
  'maxKeptConnections',
] as const

/** @throws {InvalidInputError} `option.invalid` */
export function resolveSenderOptions(options: SenderOptions): ResolvedSenderOptions {
  const resolved = { ...defaultSenderOptions, ...options }
  for (const name of countNames) parseInteger(name, resolved[name], { min: 0, max: Number.MAX_SAFE_INTEGER })
  parseInteger('maxQuietMs', resolved.maxQuietMs, { min: 1, max: Number.MAX_SAFE_INTEGER })
  return resolved
}
