import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { describeType } from '../describe-value.ts'
import { maxPemLength } from '../limits.ts'
import type { Change } from './change.ts'
import { readSecretMembers } from './plain-object.ts'
import { invalid } from './subscription-fields.ts'

/** A certificate chain, the client's own first, and its key; both written anew in PEM, so that nothing else is among them. */
export interface ParsedClientCertificate {
  readonly certificate: string
  readonly key: string
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+?-----END CERTIFICATE-----/g

/**
 * Errors name the field and the rule; what OpenSSL says is left out, since it may quote what was given.
 * @throws {InvalidInputError} `subscription.invalid`
 */
export function parseClientCertificate(value: unknown): Change<ParsedClientCertificate> {
  if (value === null) return { kind: 'remove' }
  const given = readSecretMembers('tls', value, ['certificate', 'key'])
  const chain = parseChain(parsePem('tls.certificate', given.get('certificate')))
  const key = parseKey(parsePem('tls.key', given.get('key')))
  const [own] = chain
  checkKey(own, key)
  const client = {
    certificate: chain.map((certificate) => certificate.toString()).join(''),
    key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
  checkUsable(client)
  return { kind: 'set', value: client }
}

/**
 * Checks that a key which was stored is still that of its certificate. Takes a fraction of a millisecond.
 * @throws {InvalidInputError} `subscription.invalid`
 */
export function checkClientKey(certificate: string, key: string): void {
  const [own] = parseChain(certificate)
  checkKey(own, parseKey(key))
}

function checkKey(own: X509Certificate | undefined, key: KeyObject): void {
  if (own === undefined) throw invalidCertificate()
  if (own.checkPrivateKey(key)) return
  throw invalid('tls.key', 'Expected `tls.key` to be the key of the first certificate in `tls.certificate`.')
}

function parsePem(field: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw invalid(field, `Expected \`${field}\` to be a string in PEM, got ${describeType(value)}.`)
  }
  if (value.length <= maxPemLength) return value
  throw invalid(field, `Expected \`${field}\` to have up to ${maxPemLength} characters, got ${value.length}.`)
}

function parseChain(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(certificateBlock) ?? []
  // The certificate can be read back, so a key that was pasted along must not be kept, or passed over in silence.
  if (pem.replaceAll(certificateBlock, '').includes('-----')) throw invalidCertificate()
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    throw invalidCertificate()
  }
}

function invalidCertificate(): Error {
  return invalid(
    'tls.certificate',
    'Expected `tls.certificate` to hold certificates in PEM and nothing else, the own one first.',
  )
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw invalid('tls.key', 'Expected `tls.key` to be a private key in PEM without a passphrase.')
  }
}

/** OpenSSL refuses some pairs only when they are put to use, such as those with keys that are too short. */
function checkUsable({ certificate, key }: ParsedClientCertificate): void {
  try {
    // Without a list of authorities those of Node would be read, which takes 30 ms.
    createSecureContext({ cert: certificate, key, ca: [] })
  } catch {
    throw invalid('tls', 'Expected `tls` to be a certificate and a key that TLS accepts; these are too weak.')
  }
}
