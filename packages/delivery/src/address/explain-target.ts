import type { AddressPolicy } from './address-policy.ts'
import { toUrlHost, toUrlPort } from './host-name.ts'
import { LookUpError } from './look-up-error.ts'
import { resolveTarget } from './resolve-target.ts'
import type { Resolver } from './resolver.ts'
import type { TargetRule } from './target-verdict.ts'

/** What would become of a request to a URL, for the operator: it names resolved addresses. Nothing is dialled for it. */
export interface TargetExplanation {
  /** `unresolved`: the name could not be looked up, so its addresses could not be judged. */
  readonly kind: 'allowed' | 'refused' | 'unresolved'
  /** What decided; null if unresolved. */
  readonly rule: TargetRule | null
  readonly reason: string
  readonly host: string
  readonly port: number
  /** Every address the URL leads to; empty if the URL alone decided. */
  readonly addresses: readonly ExplainedAddress[]
}

/** What the address policy says of one address that a name has now. */
export interface ExplainedAddress {
  readonly address: string
  readonly kind: 'allowed' | 'refused'
  readonly rule: TargetRule
  readonly reason: string
}

/**
 * Judges a URL as an attempt would, and looks its name up.
 * @param resolver null if a proxy resolves names, so that nobody here can
 */
export async function explainTarget(
  policy: AddressPolicy,
  resolver: Resolver | null,
  url: URL,
  signal: AbortSignal = new AbortController().signal,
): Promise<TargetExplanation> {
  const host = toUrlHost(url)
  const target = { host: host.text, port: toUrlPort(url) }
  const verdict = policy.judgeUrl(url)
  if (verdict.kind !== 'needs-look-up') {
    const isDecidedByAddress = host.kind === 'address' && verdict.rule !== 'scheme' && verdict.rule !== 'port'
    return {
      ...verdict,
      ...target,
      addresses: isDecidedByAddress ? [{ address: host.text, ...verdict }] : [],
    }
  }
  if (resolver === null) return { ...policy.judgeName(target), ...target, addresses: [] }
  try {
    const judged = await resolveTarget(policy, resolver, target, signal)
    const addresses = judged.map(({ address, verdict }) => ({ address, ...verdict }))
    const deciding = addresses.reduce((worst, next) => (worst.kind === 'refused' ? worst : next))
    const { kind, rule, reason } = deciding
    return { kind, rule, reason, ...target, addresses }
  } catch (error) {
    const code = error instanceof LookUpError ? error.resolverCode : 'EAI_FAIL'
    return {
      kind: 'unresolved',
      rule: null,
      reason: `the look-up failed with ${code}`,
      ...target,
      addresses: [],
    }
  }
}
