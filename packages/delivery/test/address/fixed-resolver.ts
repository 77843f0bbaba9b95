import type { ResolvedAddress, ResolveFunction } from '../../src/address/resolver.ts'

/** A resolver with one answer for every name, which remembers what it was asked. */
export interface FixedResolver extends ResolveFunction {
  readonly asked: readonly string[]
}

export function answerWith(...addresses: readonly string[]): FixedResolver {
  const asked: string[] = []
  const answers = addresses.map(
    (address): ResolvedAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
  )
  const resolve: ResolveFunction = (host) => {
    asked.push(host)
    return Promise.resolve(answers)
  }
  return Object.assign(resolve, { asked })
}
