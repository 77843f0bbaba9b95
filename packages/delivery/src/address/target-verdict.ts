/**
 * What decided: the `scheme`, the `port`, the form of the `host`, one of the host's own lists, or the `default`, which lets
 * only public unicast addresses through.
 */
export type TargetRule = 'scheme' | 'port' | 'host' | 'deny' | 'allow' | 'only' | 'default'

/** What the policy says of one address. `reason` is for the operator; it may name addresses that a tenant must not see. */
export type AddressVerdict =
  | { readonly kind: 'allowed'; readonly rule: TargetRule; readonly reason: string }
  | { readonly kind: 'refused'; readonly rule: TargetRule; readonly reason: string }

/** What the policy says of a URL. `needs-look-up`: its host is a name, so the addresses behind it decide. */
export type TargetVerdict = AddressVerdict | { readonly kind: 'needs-look-up'; readonly host: string }

export function allowed(rule: TargetRule, reason: string): AddressVerdict {
  return { kind: 'allowed', rule, reason }
}

export function refused(rule: TargetRule, reason: string): AddressVerdict {
  return { kind: 'refused', rule, reason }
}
