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

/** Addresses that a name may have. A name of a receiver has a few; one answer of a name server may hold four thousand. */
const maxAddressCount = 256

/**
 * Looks a name up and judges every address found, in the order found.
 * @param onFound called when the resolver has answered, whatever it found
 * @throws {LookUpError} if the resolver failed, found nothing, or found more than could be meant
 */
export async function resolveTarget(
  policy: AddressPolicy,
  resolver: Resolver,
  target: TargetName,
  signal: AbortSignal,
  onFound: () => void = () => {},
): Promise<readonly JudgedAddress[]> {
  const addresses = await askResolver(resolver, target.host, signal)
  onFound()
  if (addresses.length === 0) throw new LookUpError('ENOTFOUND')
  if (addresses.length > maxAddressCount) throw new LookUpError('TOO_MANY_ADDRESSES')
  return addresses.map((address) => ({
    address,
    family: isIP(address) === 6 ? 6 : 4,
    verdict: policy.judgeAddress(address, target),
  }))
}

/**
 * What a resolver gives for a name, as text; none of it is checked. A resolver that goes on after the signal is not waited for.
 * @throws {LookUpError} if the resolver failed
 */
export async function askResolver(
  resolver: Resolver,
  host: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const answers: unknown = await untilAborted(toResolveFunction(resolver)(host, signal), signal)
    if (!Array.isArray(answers)) throw new TypeError('Expected the resolver to give a list of addresses.')
    return answers.map(toAddressText)
  } catch (error) {
    throw new LookUpError(readCode(error), error)
  }
}

async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(Object.assign(new Error('No answer in time.'), { code: 'ETIMEOUT' }))
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
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
