import { parseFilter } from '../filter/parse-filter.ts'
import type { SubscriptionSettings } from './subscription-record.ts'

/**
 * The settings of a subscription from the JSON value that a store kept; null if that is not what was stored, as after a disk or a hand
 * changed it. Members that this release does not know are left as they are: a newer one wrote them.
 */
export function parseSettings(value: unknown): SubscriptionSettings | null {
  return isSettings(value) ? value : null
}

function isSettings(value: unknown): value is SubscriptionSettings {
  const { title, url, dialect, variant, skipCertificateVerification, signing, headers, auth, tls, filter } =
    membersOf(value)
  return (
    [title, url, dialect, variant].every(isText) &&
    typeof skipCertificateVerification === 'boolean' &&
    isSigning(signing) &&
    isNothingOr(headers, isSealedHeaders) &&
    isNothingOr(auth, isSealedAuthorization) &&
    isNothingOr(tls, isSealedClientCertificate) &&
    isNothingOr(filter, isFilter)
  )
}

function isSigning(value: unknown): boolean {
  const { legacy, standard } = membersOf(value)
  const isStandard = standard === undefined || (Array.isArray(standard) && standard.every(isSealedKey))
  return (legacy === null || isText(legacy)) && isStandard
}

function isSealedKey(value: unknown): boolean {
  const { sealed, validUntil } = membersOf(value)
  return isText(sealed) && (validUntil === null || typeof validUntil === 'number')
}

function isSealedHeaders(value: unknown): boolean {
  const { names, sealed } = membersOf(value)
  return isText(sealed) && Array.isArray(names) && names.every(isText)
}

function isSealedAuthorization(value: unknown): boolean {
  const { shown, sealed } = membersOf(value)
  const { type, username } = membersOf(shown)
  return isText(sealed) && (type === 'bearer' || (type === 'basic' && isText(username)))
}

function isSealedClientCertificate(value: unknown): boolean {
  const { certificate, sealed } = membersOf(value)
  return isText(certificate) && isText(sealed)
}

function isFilter(value: unknown): boolean {
  try {
    parseFilter(value)
    return true
  } catch {
    return false
  }
}

function isNothingOr(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || isRight(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** The own members of an object; none of anything else. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
