/**
 * Every code a {@link PosthornError} can carry, with the one sentence that `docs/errors.md` shows for it.
 * Codes are part of the public contract: one is never renamed, and never reused for something else.
 */
export const errorCodes = {
  'option.invalid': 'An option has the wrong type or lies outside its range.',
  'option.unknown': 'An option with this name does not exist.',
  'subject.invalid': 'A subject is not `{ type, id }` with a known type and a UUID.',
  'event.invalid': 'An event given to `emit` lacks a field or has one of the wrong type.',
  'event.unknown-key': 'The key of an event given to `emit` is not one that can be emitted.',
  'subscription.invalid': 'A field of a subscription is missing, unknown, too long or of the wrong type.',
  'subscription.url-invalid':
    'The URL of a subscription is not an absolute http or https URL, or holds credentials, a fragment or characters that have to be percent-encoded.',
  'subscription.url-forbidden':
    'The URL of a subscription names an address, a port or a scheme that the address policy refuses.',
  'subscription.events-invalid':
    'The events of a subscription are empty, repeated, unknown, or not carried by its dialect.',
  'subscription.headers-invalid':
    'A header of a subscription breaks the grammar, exceeds a limit, or is not for subscriptions to set.',
  'subscription.filter-invalid':
    'The filter of a subscription has an unknown, empty or too long list, or a pattern that breaks a rule.',
  'subscription.dialect-unknown': 'No dialect of this name was given to the emitter.',
  'subscription.limit-reached': 'The subject already has as many subscriptions as its limit allows.',
  'subscription.not-found': 'There is no subscription with this id.',
  'subscription.version-conflict':
    'The subscription was changed by somebody else at the same time, again and again.',
  'delivery.not-found': 'There is no delivery with this id.',
  'delivery.not-final': 'The delivery is still pending, so it cannot be sent again.',
  'delivery.body-expired': 'The body of the delivery is past its retention, so it cannot be sent again.',
  'ping.rate-limited': 'The subscription was pinged less than five seconds ago.',
  'emitter.stopped': 'The emitter was stopped, or is stopping.',
  'emitter.role': 'The role of this emitter does not include what was asked of it.',
  'store.full': 'The store holds as many pending deliveries, or as many bytes of bodies, as it may.',
  'store.overloaded': 'More emits, or bytes of bodies, than allowed are waiting for the store.',
  'store.closed': 'The store handle was used before `open` or after `close`.',
  'store.transaction-unsupported': 'This store cannot write inside a transaction of the host.',
  'store.busy': 'Another process held the store for longer than a call may wait; try again.',
  'store.disk-full': 'The disk of the store is full.',
  'store.read-only': 'The files of the store cannot be written.',
  'store.corrupt': 'The files of the store, or a row in them, are damaged, or are not those of a store.',
  'store.version-unsupported': 'The data was written by a newer release, in a way that this one cannot read.',
  'store.failed': 'The store failed for a reason of its own; see `cause`.',
  'git.failed': 'A git process failed; see `exitCode` and `stderr`.',
  'git.not-a-repository': 'The directory is not a Git repository.',
  'git.updates-invalid': 'A ref update is not `{ ref, before, after }` with a full ref name and object ids.',
  'git.output-too-large': 'A git process printed more than its bound.',
  'secret.unreadable': 'A stored secret could not be opened.',
  'secret.unsealable': 'A secret could not be encrypted; nothing was stored.',
} as const

/** A stable code that says what kind of error happened; see {@link errorCodes}. */
export type PosthornErrorCode = keyof typeof errorCodes
