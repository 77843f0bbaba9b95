import { InvalidInputError } from '../errors.ts'

/**
 * A value that is not what its place asks for. It travels outwards from where it was found, and each object and array on the
 * way puts its own key in front of the path, so that no path is built for the many values that are right.
 */
export class Mismatch extends Error {
  readonly #expected: string
  readonly #got: string
  #path = ''

  constructor(expected: string, got: string, cause?: unknown) {
    super(`${expected}, got ${got}`, { cause })
    this.#expected = expected
    this.#got = got
  }

  /** What was thrown under a key: a mismatch, or whatever a getter or proxy of the host threw when it was read. */
  static below(key: string | number, error: unknown): Mismatch {
    const found = error instanceof Mismatch ? error : new Mismatch('readable', 'something that throws', error)
    const step = typeof key === 'number' ? `[${key}]` : key
    found.#path =
      found.#path === '' || found.#path.startsWith('[') ? step + found.#path : `${step}.${found.#path}`
    return found
  }

  /** The error for the host. */
  toError(): InvalidInputError {
    const field = this.#path === '' ? 'event' : this.#path
    return new InvalidInputError({
      code: 'event.invalid',
      field,
      message: `Expected \`${field}\` to be ${this.#expected}, got ${this.#got}.`,
      cause: this.cause,
    })
  }
}
