import type { SubscriptionSettings } from './subscription-record.ts'

/** Every part of a subscription that is sealed, with what may be known of it. */
export type SealedParts = Required<Pick<SubscriptionSettings, 'headers' | 'auth' | 'tls'>> & {
  readonly signing: Required<SubscriptionSettings['signing']>
}

/** What a subscription without secrets has. */
export const noSealedParts: SealedParts = {
  signing: { legacy: null, standard: [] },
  headers: null,
  auth: null,
  tls: null,
}

/** The sealed parts of a stored subscription; of one that an earlier release wrote, those that it knew. */
export function readSealedParts({ signing, headers, auth, tls }: SubscriptionSettings): SealedParts {
  return {
    signing: { legacy: signing.legacy, standard: signing.standard ?? [] },
    headers: headers ?? null,
    auth: auth ?? null,
    tls: tls ?? null,
  }
}
