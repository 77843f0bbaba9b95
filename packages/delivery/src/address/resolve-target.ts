import { isIP } from 'node:net'
import type { AddressPolicy, TargetName } from './address-policy.ts'
import { LookUpError } from './look-up-error.ts'
import type { Resolver } from './resolver.ts'
import { toResolveFunction } from './resolver.ts'
import type { AddressVerdict } from './target-verdict.ts'

/** An address behind a name, and what the policy says of it. */
export interface JudgedAddress {
  readonly address: string
  readonly family: 4 | 6
  readonly verdict: AddressVerdict
}

/**
 * Looks a name up and judges every address found, in the order found.
 * @throws {LookUpError} if the resolver failed or found nothing
 */
export async function resolveTarget(
  policy: AddressPolicy,
  resolver: Resolver,
  target: TargetName,
  signal: AbortSignal,
): Promise<readonly JudgedAddress[]> {
  const answers = await resolve(resolver, target.host, signal)
  if (answers.length === 0) throw new LookUpError('ENOTFOUND')
  return answers.map((answer) => {
    const address = toAddressText(answer)
    return { address, family: isIP(address) === 6 ? 6 : 4, verdict: policy.judgeAddress(address, target) }
  })
}

async function resolve(resolver: Resolver, host: string, signal: AbortSignal): Promise<readonly unknown[]> {
  try {
    const answers: unknown = await toResolveFunction(resolver)(host, signal)
    if (!Array.isArray(answers)) throw new TypeError('Expected the resolver to give a list of addresses.')
    return answers
  } catch (error) {
    throw new LookUpError(readCode(error), error)
  }
}

/** What is no address becomes a text that the policy refuses. */
function toAddressText(answer: unknown): string {
  const isAnswer = typeof answer === 'object' && answer !== null && 'address' in answer
  return isAnswer && typeof answer.address === 'string' ? answer.address : ''
}

function readCode(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error
  return hasCode && typeof error.code === 'string' ? error.code : 'EAI_FAIL'
}
