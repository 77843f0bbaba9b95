import { X509Certificate } from 'node:crypto'
import { InvalidInputError, parseMembers } from '@posthorn/core'

/** How the certificates of receivers, and of an https proxy, are judged. */
export interface TlsOptions {
  /** Certificates in PEM, one or several in a text, of authorities to trust beside those of Node. @default none */
  readonly ca?: string | readonly string[]
  /** The oldest version of TLS to speak. @default 'TLSv1.2' */
  readonly minVersion?: TlsVersion
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** The same, parsed. */
export interface Trust {
  /** One certificate each. */
  readonly authorities: readonly string[]
  readonly minVersion: TlsVersion
}

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** @throws {InvalidInputError} `option.invalid`, `option.unknown` */
export function resolveTls(options: unknown): Trust {
  const { ca = [], minVersion = 'TLSv1.2' } = parseMembers('tls', options, ['ca', 'minVersion'])
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') {
    throw invalid('tls.minVersion', "Expected `tls.minVersion` to be 'TLSv1.2' or 'TLSv1.3'.")
  }
  const texts: readonly unknown[] = Array.isArray(ca) ? ca : [ca]
  return { authorities: texts.flatMap(parseCertificates), minVersion }
}

function parseCertificates(text: unknown): readonly string[] {
  const found = typeof text === 'string' ? (text.match(certificatePattern) ?? []) : []
  if (found.length > 0 && found.every(isCertificate)) return found
  // What stands there instead may be a private key, so it is not quoted.
  throw invalid('tls.ca', 'Expected `tls.ca` to be certificates in PEM.')
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}
