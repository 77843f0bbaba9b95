export type { AddressEntry } from './address/address-entry.ts'
export type { AddressOptions } from './address/address-options.ts'
export { type AddressPolicy, createAddressPolicy } from './address/address-policy.ts'
export { createDnsResolver, type DnsResolverOptions } from './address/dns-resolver.ts'
export { type ExplainedAddress, explainTarget, type TargetExplanation } from './address/explain-target.ts'
export { isFromAllowedAddress } from './address/is-from-allowed-address.ts'
export type { ResolvedAddress, ResolveFunction, Resolver } from './address/resolver.ts'
export type { TargetVerdict } from './address/target-verdict.ts'
export type { AttemptTrace } from './diagnostics/attempt-channel.ts'
export type { DeliveryFacts } from './diagnostics/delivery-facts.ts'
export type { LaneOptions } from './lanes/lanes.ts'
export { type Network, type NetworkOptions, resolveNetwork } from './send/network-options.ts'
export type { ProxyOptions } from './send/proxy-options.ts'
export { createSender, type Sender } from './send/sender.ts'
export type { TlsOptions } from './send/tls-options.ts'
export { createStandardWebhooksSecret } from './signing/create-standard-webhooks-secret.ts'
export type { ReceivedHeaders } from './signing/received-headers.ts'
export { type VerifySignatureOptions, verifySignature } from './signing/verify-signature.ts'
export { type Activity, createActivity } from './timing/activity.ts'
export { maxTimerMs } from './timing/max-timer-ms.ts'
export { createTurnEnd } from './timing/turn-end.ts'
export { AbortedError, untilAborted } from './timing/until-aborted.ts'
export { defaultRetention, type RetentionOptions } from './worker/maintenance.ts'
export { withStoreRetries } from './worker/store-retries.ts'
export { createWorker, type Worker, type WorkerOptions } from './worker/worker.ts'
export type {
  AttemptedEvent,
  AttemptedNext,
  EngineFault,
  FinishedEvent,
  ParkedEvent,
  Report,
  WorkerEvents,
} from './worker/worker-events.ts'
