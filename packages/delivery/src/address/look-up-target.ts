import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { AddressPolicy, TargetName } from './address-policy.ts'
import { TargetRefusedError } from './look-up-error.ts'
import { resolveTarget } from './resolve-target.ts'
import type { Resolver } from './resolver.ts'

/**
 * The addresses that a socket may dial for a host, all of them judged. One refused address refuses the name, since a socket
 * may try any address it is given. A literal address is judged again and given back.
 * @param onFound called when the resolver has answered, before addresses are judged
 * @throws {TargetRefusedError} if an address is refused
 * @throws {LookUpError} if the name has no address, or too many, or the resolver failed
 */
export async function lookUpTarget(
  policy: AddressPolicy,
  resolver: Resolver,
  target: TargetName,
  signal: AbortSignal,
  onFound: () => void = () => {},
): Promise<readonly LookupAddress[]> {
  const literal = isIP(target.host)
  const judged =
    literal === 0
      ? await resolveTarget(policy, resolver, target, signal, onFound)
      : [{ address: target.host, family: literal, verdict: policy.judgeAddress(target.host, target) }]
  const refusal = judged.find(({ verdict }) => verdict.kind === 'refused')
  if (refusal !== undefined) throw new TargetRefusedError(refusal.verdict)
  return judged.map(({ address, family }) => ({ address, family }))
}
