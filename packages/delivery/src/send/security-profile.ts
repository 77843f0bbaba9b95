/** How the connections of a subscription are secured. Subscriptions with equal profiles share connections; others never do. */
export interface SecurityProfile {
  readonly verifiesCertificates: boolean
  /** Certificates in PEM of authorities to trust beside those of Node. @default none */
  readonly authorities?: readonly string[]
  /** The certificate and key, in PEM, that the receiver may ask for. @default none */
  readonly client?: { readonly certificate: string; readonly key: string }
}

/** A text that is the same for equal profiles and for no others. */
export function toProfileKey({ verifiesCertificates, authorities = [] }: SecurityProfile): string {
  return JSON.stringify([verifiesCertificates, authorities])
}
