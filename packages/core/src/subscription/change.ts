/** What an input does to something that is never read back. A create never keeps anything. */
export type Change<Value> =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'set'; readonly value: Value }
