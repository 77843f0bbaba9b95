import { StoreError } from '@posthorn/core'
import type { WireError } from './protocol.ts'

export function toWireError({ code, message, isTransient, cause }: StoreError): WireError {
  return { code, message, isTransient, cause: cause instanceof Error ? toPlainError(cause) : undefined }
}

export function toStoreError({ code, message, isTransient, cause }: WireError): StoreError {
  return new StoreError({ code, message, isTransient, cause })
}

/** Without members that cannot be sent. */
function toPlainError({ message, stack }: Error): Error {
  const plain = new Error(message)
  if (stack !== undefined) plain.stack = stack
  return plain
}
