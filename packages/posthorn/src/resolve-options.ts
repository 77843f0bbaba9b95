import {
  type BreakerOptions,
  type Clock,
  clearSealer,
  type Dialect,
  type DialectCaps,
  defaultBreakerOptions,
  InvalidInputError,
  invalidOption,
  isPlainObject,
  limits,
  parseBoolean,
  parseInteger,
  parseMembers,
  resolveSchedule,
  type Schedule,
  type SecretSealer,
  type Store,
  systemClock,
} from '@posthorn/core'
import {
  type AddressPolicy,
  createAddressPolicy,
  defaultRetention,
  type LaneOptions,
  type Network,
  type Resolver,
  resolveNetwork,
} from '@posthorn/delivery'
import { bitbucketDialects } from '@posthorn/payload'
import { createMemoryStore } from '@posthorn/store-memory'
import { checkReadable } from './check-readable.ts'
import { createSealer } from './create-sealer.ts'
import type { EmitterOptions, ResolvedOptions } from './emitter-options.ts'
import type { Encryption } from './encryption.ts'
import { resolveLogger } from './logger.ts'
import { breakerRanges, capRanges, parseNumbers, retentionRanges } from './numeric-options.ts'
import { resolveSite } from './resolve-site.ts'

const optionNames: readonly (keyof EmitterOptions)[] = [
  'site',
  'store',
  'encryption',
  'addresses',
  'retry',
  'deadlineMs',
  'role',
  'concurrency',
  'ratePerLane',
  'dialects',
  'caps',
  'breaker',
  'retention',
  'resolver',
  'proxy',
  'tls',
  'localAddress',
  'keepAlive',
  'leaseMs',
  'pollMs',
  'maxWaitingEmits',
  'maxWaitingBytes',
  'maxDepth',
  'logger',
  'clock',
  'random',
]

const hour = 3_600_000

/**
 * Checks options and fills in defaults, in the order in which they are declared.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function resolveOptions<Transaction>(
  options: EmitterOptions<Transaction>,
): ResolvedOptions<Transaction> {
  checkReadable(parseMembers('', options, optionNames))
  const dialects = resolveDialects(options.dialects ?? bitbucketDialects)
  const deadlineMs = parseInteger('deadlineMs', options.deadlineMs ?? limits.defaultDeadlineMs, {
    min: 1,
    max: 300_000,
  })
  const site = resolveSite(options.site)
  const store = resolveStore(options.store)
  const sealer = resolveSealer(options.encryption ?? null, deadlineMs)
  const addressPolicy = createAddressPolicy(options.addresses)
  const schedule = resolveSchedule(options.retry ?? 'default')
  return {
    site,
    store,
    sealer,
    addressPolicy,
    schedule,
    deadlineMs,
    role: resolveRole(options.role ?? 'both'),
    lanes: resolveLanes(options.concurrency ?? {}, options.ratePerLane ?? null),
    dialects,
    caps: resolveCaps(dialects, options.caps ?? {}),
    breaker: resolveBreaker(options.breaker, schedule),
    retention: parseNumbers('retention', options.retention, defaultRetention, retentionRanges),
    resolver: resolveResolver(options.resolver ?? 'system'),
    network: withoutBlindChecks(resolveNetwork(options), addressPolicy),
    keepAlive: parseBoolean('keepAlive', options.keepAlive ?? true),
    leaseMs: parseInteger('leaseMs', options.leaseMs ?? 60_000, { min: 1_000, max: hour }),
    pollMs: parseInteger('pollMs', options.pollMs ?? 1_000, { min: 10, max: hour }),
    maxWaitingEmits: parseInteger('maxWaitingEmits', options.maxWaitingEmits ?? 1_000, {
      min: 1,
      max: 1_000_000,
    }),
    maxWaitingBytes: parseInteger('maxWaitingBytes', options.maxWaitingBytes ?? 64 * 1024 * 1024, {
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
    }),
    maxDepth: parseInteger('maxDepth', options.maxDepth ?? limits.maxDepth, { min: 0, max: 1_000 }),
    logger: resolveLogger(options.logger),
    clock: resolveClock(options.clock ?? systemClock),
    random: resolveFunction('random', options.random ?? Math.random),
  }
}

function resolveStore<Transaction>(store: Store<Transaction> | undefined): Store<Transaction> {
  // Without a store of its own the host has no transaction to offer, so `Transaction` is `never`.
  if (store === undefined) return createMemoryStore() as Store<Transaction>
  if (typeof store !== 'object' || store === null || typeof store.open !== 'function') {
    throw invalidOption('store', 'a store, such as createMemoryStore() gives', store)
  }
  return store
}

function resolveSealer(encryption: Encryption | null, timeoutMs: number): SecretSealer {
  if (encryption === null) return clearSealer
  // An instance of a class may have members of its own.
  if (isPlainObject(encryption)) parseMembers('encryption', encryption, ['encrypt', 'decrypt'])
  const isEncryption =
    typeof encryption === 'object' &&
    typeof encryption.encrypt === 'function' &&
    typeof encryption.decrypt === 'function'
  if (isEncryption) return createSealer(encryption, timeoutMs)
  throw invalidOption('encryption', 'an object with the functions `encrypt` and `decrypt`', encryption)
}

/** A lone delivery runs its whole schedule before its failures open the breaker. */
function resolveBreaker(given: unknown, { delaysMs }: Schedule): BreakerOptions {
  const failureCount = Math.max(defaultBreakerOptions.failureCount, delaysMs.length + 1)
  const defaults = { ...defaultBreakerOptions, failureCount }
  const resolved = parseNumbers('breaker', given, defaults, breakerRanges)
  const { initialWaitMs, maxWaitMs } = resolved
  if (initialWaitMs <= maxWaitMs) return resolved
  throw invalidOption('breaker.initialWaitMs', `at most \`breaker.maxWaitMs\` (${maxWaitMs})`, initialWaitMs)
}

function resolveRole(role: unknown): 'emit' | 'deliver' | 'both' {
  if (role !== 'emit' && role !== 'deliver' && role !== 'both')
    throw invalidOption('role', 'emit, deliver or both', role)
  return role
}

function resolveLanes(concurrency: unknown, rate: unknown): LaneOptions {
  const { perLane = 10, total = 100 } = parseMembers('concurrency', concurrency, ['perLane', 'total'])
  const range = { min: 1, max: 10_000 }
  return {
    perLane: parseInteger('concurrency.perLane', perLane, range),
    total: parseInteger('concurrency.total', total, range),
    ratePerLane: resolveRate(rate),
  }
}

function resolveRate(rate: unknown): LaneOptions['ratePerLane'] {
  if (rate === null) return null
  const { count, perMs } = parseMembers('ratePerLane', rate, ['count', 'perMs'])
  return {
    count: parseInteger('ratePerLane.count', count, { min: 1, max: 1_000_000 }),
    perMs: parseInteger('ratePerLane.perMs', perMs, { min: 1, max: hour }),
  }
}

function resolveDialects(dialects: readonly Dialect[]): ReadonlyMap<string, Dialect> {
  if (!Array.isArray(dialects) || !dialects.every(isDialect)) {
    throw invalidOption('dialects', 'an array of dialects, such as bitbucketDialects', dialects)
  }
  const byName = new Map(dialects.map((dialect) => [dialect.name, dialect]))
  if (byName.size > 0 && byName.size === dialects.length) return byName
  throw invalidOption('dialects', 'at least one dialect, each name once', dialects)
}

/** By what tells it from anything else; the rest is the type checker's. */
function isDialect(value: unknown): value is Dialect {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'build' in value &&
    typeof value.build === 'function' &&
    'rules' in value &&
    typeof value.rules === 'object'
  )
}

function resolveCaps(
  dialects: ReadonlyMap<string, Dialect>,
  caps: unknown,
): ReadonlyMap<string, DialectCaps> {
  const given = parseMembers('caps', caps, [...dialects.keys()])
  return new Map(
    [...dialects.values()].map(({ name, defaultCaps }) => [
      name,
      parseNumbers(`caps.${name}`, given[name], defaultCaps, capRanges),
    ]),
  )
}

function resolveResolver(resolver: Resolver): Resolver {
  if (resolver === 'system' || resolver === 'dns' || typeof resolver === 'function') return resolver
  throw invalidOption('resolver', "'system', 'dns' or a function", resolver)
}

function withoutBlindChecks(network: Network, policy: AddressPolicy): Network {
  if (network.proxy === null || !policy.checksNamesOnCreate) return network
  throw new InvalidInputError({
    code: 'option.invalid',
    field: 'addresses.checkNamesOnCreate',
    message:
      'Expected `addresses.checkNamesOnCreate` to be false, since there is a `proxy`: it looks names up by itself, so what is found here is not what it will reach.',
  })
}

function resolveClock(clock: Clock): Clock {
  if (typeof clock === 'object' && clock !== null && typeof clock.now === 'function') return clock
  throw invalidOption('clock', 'an object with a function `now`', clock)
}

function resolveFunction<Given>(field: string, value: Given): Given {
  if (typeof value === 'function') return value
  throw invalidOption(field, 'a function', value)
}
