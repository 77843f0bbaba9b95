import { createHash } from 'node:crypto'

/** How the connections of a subscription are secured. Subscriptions with equal profiles share connections; others never do. */
export interface SecurityProfile {
  readonly verifiesCertificates: boolean
  /** Certificates in PEM of authorities to trust beside those of Node and of the emitter. @default none */
  readonly authorities?: readonly string[]
  /** What a receiver that asks for a certificate is shown, in PEM: the certificate, with its chain, and its key. @default none */
  readonly client?: { readonly certificate: string; readonly key: string }
}

/** A text that is the same for equal profiles and for no others, and tells nothing of the keys in them. */
export function toProfileKey({ verifiesCertificates, authorities = [], client }: SecurityProfile): string {
  const verification = verifiesCertificates ? 'verified' : 'skipped'
  if (authorities.length === 0 && client === undefined) return verification
  const material = JSON.stringify([authorities, client?.certificate ?? null, client?.key ?? null])
  return `${verification} ${createHash('sha256').update(material).digest('base64url')}`
}
