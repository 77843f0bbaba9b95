/** A copy of a plain value that nobody can change any more, so that what the store holds stays what was written. */
export function frozenCopy<Value>(value: Value): Value {
  const copy = structuredClone(value)
  freezeDeep(copy)
  return copy
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const member of Object.values(value)) freezeDeep(member)
}
