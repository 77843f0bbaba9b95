import type {
  BreakerOptions,
  Clock,
  Dialect,
  DialectCaps,
  RetryOptions,
  Schedule,
  SecretSealer,
  Site,
  Store,
} from '@posthorn/core'
import type {
  AddressOptions,
  AddressPolicy,
  LaneOptions,
  Network,
  ProxyOptions,
  Resolver,
  RetentionOptions,
  TlsOptions,
} from '@posthorn/delivery'
import type { Encryption } from './encryption.ts'
import type { Logger } from './logger.ts'

/** How an emitter is configured. */
export interface EmitterOptions<Transaction = never> {
  /** The Git server that events come from; links in bodies lead there. */
  readonly site: Site
  /** Where subscriptions and deliveries live. @default a store in memory, which forgets on exit and is bounded */
  readonly store?: Store<Transaction>
  /**
   * How secrets are encrypted in the store: those of subscriptions, their headers, their credentials, their keys and their URLs.
   * What was stored before goes on being opened, and stays as it is until it is set again. `createAesGcmEncryption()` makes one.
   * @default null, they are stored in clear
   */
  readonly encryption?: Encryption | null
  /** Which addresses may be reached. @default public unicast addresses on ordinary ports */
  readonly addresses?: AddressOptions
  /** When a delivery is tried again. @default 'default', eight attempts over 27 hours */
  readonly retry?: RetryOptions
  /** The time for one attempt, from look-up to the last byte of the answer. 1 to 300,000 ms. @default 10_000 */
  readonly deadlineMs?: number
  /** `emit` only writes, `deliver` only sends. @default 'both' */
  readonly role?: 'emit' | 'deliver' | 'both'
  /** Attempts of this process at a time: to one origin, and in all. Each 1 to 10,000. @default { perLane: 10, total: 100 } */
  readonly concurrency?: { readonly perLane?: number; readonly total?: number }
  /** At most `count` attempts of this process begin per origin within `perMs`: 1 to 1,000,000 within 1 to 3,600,000 ms. @default null, no such bound */
  readonly ratePerLane?: LaneOptions['ratePerLane']
  /** The wire formats that subscriptions can ask for. @default those of Bitbucket */
  readonly dialects?: readonly Dialect[]
  /** Bounds on bodies, by the name of a dialect. @default the vendor's */
  readonly caps?: Readonly<Record<string, Partial<DialectCaps>>>
  /** When a failing receiver is left alone for a while. */
  readonly breaker?: Partial<BreakerOptions>
  /** What is kept, and for how long. */
  readonly retention?: Partial<RetentionOptions>
  /** How names are looked up. @default 'system' */
  readonly resolver?: Resolver
  /** An HTTP proxy that all deliveries go through. Variables of the environment are never read. @default null, none */
  readonly proxy?: ProxyOptions | null
  /** Authorities to trust beside those of Node, and the oldest version of TLS. @default {} */
  readonly tls?: TlsOptions
  /** The source address of connections: an address of this machine, or one of each family. @default null, the system's choice */
  readonly localAddress?: string | readonly string[] | null
  /** Whether waiting for deliveries keeps the process from ending. @default true */
  readonly keepAlive?: boolean
  /** How long a claimed delivery belongs to this process; renewed while it works. 1,000 to 3,600,000 ms. @default 60_000 */
  readonly leaseMs?: number
  /** The longest wait before the store is asked for due deliveries again. 10 to 3,600,000 ms. @default 1_000 */
  readonly pollMs?: number
  /** Emits that may wait for the store at a time, 1 to 1,000,000; more are refused with `store.overloaded`. @default 1_000 */
  readonly maxWaitingEmits?: number
  /** Bytes of bodies that wait for the store at a time; beyond it `emit` rejects with `store.overloaded`. @default 67_108_864 */
  readonly maxWaitingBytes?: number
  /** An event deeper than this is not delivered. 0 to 1,000. @default 10 */
  readonly maxDepth?: number
  /** What is logged at which level is in `docs/observability.md`. @default null, nothing is logged */
  readonly logger?: Logger | null
  /** @default the system's clock */
  readonly clock?: Clock
  /** A source of numbers from 0 to 1, for jitter. @default Math.random */
  readonly random?: () => number
}

/** Options with every default filled in. */
export interface ResolvedOptions<Transaction> {
  readonly site: Site
  readonly store: Store<Transaction>
  readonly sealer: SecretSealer
  readonly addressPolicy: AddressPolicy
  readonly schedule: Schedule
  readonly deadlineMs: number
  readonly role: 'emit' | 'deliver' | 'both'
  readonly lanes: LaneOptions
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly caps: ReadonlyMap<string, DialectCaps>
  readonly breaker: BreakerOptions
  readonly retention: RetentionOptions
  readonly resolver: Resolver
  readonly network: Network
  readonly keepAlive: boolean
  readonly leaseMs: number
  readonly pollMs: number
  readonly maxWaitingEmits: number
  readonly maxWaitingBytes: number
  readonly maxDepth: number
  readonly logger: Logger | null
  readonly clock: Clock
  readonly random: () => number
}
