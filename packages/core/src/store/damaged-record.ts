import { type PosthornError, StoreError } from '../errors.ts'
import type { SubscriptionSettings } from './subscription-record.ts'

/** What a record has for settings if those in the store cannot be read: those of nobody. */
export const damagedSettings: SubscriptionSettings = {
  title: '',
  url: '',
  dialect: '',
  variant: '',
  skipCertificateVerification: false,
  signing: { legacy: null, standard: [] },
}

/** The error of a call that needs a subscription which cannot be read. What stands in the store holds secrets, so none of it is shown. */
export function damagedSubscription(id: string): PosthornError {
  return new StoreError({
    code: 'store.corrupt',
    message: `What the store holds of the subscription ${id} is damaged. Delete it and make it anew, or restore a backup.`,
  })
}
