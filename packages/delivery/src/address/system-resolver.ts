import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isLoopbackName } from './host-name.ts'
import { createLookUpQueue } from './look-up-queue.ts'
import type { ResolvedAddress } from './resolver.ts'

/**
 * Look-ups of the operating system, at most two at a time in the whole process: `getaddrinfo` blocks one of the four threads
 * that libuv has for it and for all file access, and cannot be interrupted.
 *
 * Names are asked for with a dot at their end first, so that no search domain comes before the name itself: where there is an
 * `intranet.`, `intranet` is never `intranet.corp.example`. With that dot glibc ignores the hosts file too, so a name that does
 * not exist is asked for again without it, as are the names of the local host. Whatever comes back is judged all the same.
 */
const queue = createLookUpQueue(ask)

/** Rejects with the error of `getaddrinfo`, or with the signal's reason. */
export function resolveBySystem(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
  return queue.lookUp(host, signal)
}

async function ask(host: string): Promise<readonly ResolvedAddress[]> {
  const answers = isLoopbackName(host) ? await lookUp(host) : await lookUpAbsoluteFirst(host)
  return answers.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

async function lookUpAbsoluteFirst(host: string): Promise<readonly LookupAddress[]> {
  try {
    return await lookUp(`${host}.`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOTFOUND')) throw error
    return lookUp(host)
  }
}

function lookUp(name: string): Promise<readonly LookupAddress[]> {
  return lookup(name, { all: true, order: 'verbatim' })
}
