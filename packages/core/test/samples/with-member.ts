/** A deep copy of plain data, with one member defined anew; an empty descriptor removes it. */
export function withMember(data: object, path: string, descriptor: PropertyDescriptor): object {
  const root: unknown = JSON.parse(JSON.stringify({ root: data }))
  const keys = ['root', ...path.split('.')]
  const last = keys.pop() ?? ''
  const holder = keys.reduce<unknown>((value, key) => memberOf(value, key), root)
  if (typeof holder !== 'object' || holder === null) throw new Error(`No ${path}`)
  Reflect.deleteProperty(holder, last)
  if (Object.keys(descriptor).length > 0) {
    Object.defineProperty(holder, last, { ...descriptor, enumerable: true, configurable: true })
  }
  const copy = memberOf(root, 'root')
  if (typeof copy !== 'object' || copy === null) throw new Error('No object')
  return copy
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
