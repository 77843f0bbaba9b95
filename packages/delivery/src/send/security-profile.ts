import { createHash } from 'node:crypto'

/**
 * How the connections of a subscription are secured, beside what the emitter says for all: authorities and the oldest version of
 * TLS are the operator's to choose. Subscriptions with equal profiles share connections; others never do.
 */
export interface SecurityProfile {
  readonly verifiesCertificates: boolean
  /** What a receiver that asks for a certificate is shown, in PEM: the certificate, with its chain, and its key. @default none */
  readonly client?: { readonly certificate: string; readonly key: string }
}

/** A text that is the same for equal profiles and for no others, and tells nothing of the keys in them. */
export function toProfileKey({ verifiesCertificates, client }: SecurityProfile): string {
  const verification = verifiesCertificates ? 'verified' : 'skipped'
  if (client === undefined) return verification
  const material = JSON.stringify([client.certificate, client.key])
  return `${verification} ${createHash('sha256').update(material).digest('base64url')}`
}
