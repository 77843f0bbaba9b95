import { InvalidInputError } from '@posthorn/core'

/** The refusal that a call throws. Anything else that it throws is thrown on. */
export function thrownBy(call: () => unknown): InvalidInputError {
  try {
    call()
  } catch (error) {
    if (error instanceof InvalidInputError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}
