import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { parseIpAddress } from './ip-address.ts'
import { LookUpError } from './look-up-error.ts'
import { askResolver } from './resolve-target.ts'
import type { Resolver } from './resolver.ts'

/**
 * The addresses of a host that the operator named, such as that of a proxy. No policy judges them.
 * @throws {LookUpError} if the name has no address, or the resolver failed
 */
export async function lookUpTrusted(
  resolver: Resolver,
  host: string,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const texts = isIP(host) === 0 ? await askResolver(resolver, host, signal) : [host]
  const addresses = texts.filter((text) => parseIpAddress(text) !== null)
  if (addresses.length === 0) throw new LookUpError('ENOTFOUND')
  return addresses.map((address) => ({ address, family: isIP(address) }))
}
