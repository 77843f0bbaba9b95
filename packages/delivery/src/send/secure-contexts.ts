import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls'
import { type SecurityProfile, toProfileKey } from './security-profile.ts'
import type { Trust } from './tls-options.ts'

/** The TLS context of each profile, made once: with authorities of its own, one takes some 30 ms to make. */
export interface SecureContexts {
  get(profile: SecurityProfile): SecureContext
}

/** Beyond this the oldest goes, and is made again when it is needed. */
const maxContexts = 100

export function createSecureContexts(trust: Trust): SecureContexts {
  const contexts = new Map<string, SecureContext>()
  return {
    get(profile) {
      const key = toProfileKey(profile)
      const known = contexts.get(key)
      if (known !== undefined) return known
      const [oldest] = contexts.keys()
      if (oldest !== undefined && contexts.size >= maxContexts) contexts.delete(oldest)
      const made = createSecureContext(toContextOptions(profile, trust))
      contexts.set(key, made)
      return made
    },
  }
}

function toContextOptions(
  { client }: SecurityProfile,
  { authorities, minVersion }: Trust,
): SecureContextOptions {
  return {
    minVersion,
    // `ca` replaces the authorities of Node, so they are named again.
    ...(authorities.length === 0 ? {} : { ca: [...getCACertificates('default'), ...authorities] }),
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
  }
}
