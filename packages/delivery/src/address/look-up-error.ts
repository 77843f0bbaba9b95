import type { AddressVerdict } from './target-verdict.ts'

/** Why a look-up gave the socket no address. It travels through the socket to whoever asked for the connection. */
export class LookUpError extends Error {
  /** Never the resolver's code: undici dials again, without end, after an error with a code of its own. */
  readonly code = 'LOOK_UP_FAILED'
  /** The code of the resolver's error; `ENOTFOUND` if it found no address. */
  readonly resolverCode: string

  constructor(resolverCode: string, cause?: unknown) {
    super(`The look-up failed with ${resolverCode}.`, { cause })
    this.name = 'LookUpError'
    this.resolverCode = resolverCode
  }
}

/** An address behind the name was refused, and with it the name. */
export class TargetRefusedError extends Error {
  readonly code = 'TARGET_REFUSED'
  readonly verdict: AddressVerdict

  constructor(verdict: AddressVerdict) {
    super('The address policy refused the target.')
    this.name = 'TargetRefusedError'
    this.verdict = verdict
  }
}
