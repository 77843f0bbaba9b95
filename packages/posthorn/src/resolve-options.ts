import {
  type Dialect,
  type DialectCaps,
  defaultBreakerOptions,
  describeValue,
  InvalidInputError,
  limits,
  resolveSchedule,
  type Site,
  type Store,
  systemClock,
} from '@posthorn/core'
import { createAddressPolicy, defaultRetention, type LaneOptions } from '@posthorn/delivery'
import { bitbucketDialects } from '@posthorn/payload'
import { createMemoryStore } from '@posthorn/store-memory'
import type { EmitterOptions, ResolvedOptions } from './emitter-options.ts'

const optionNames: readonly (keyof EmitterOptions)[] = [
  'site',
  'store',
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
  'keepAlive',
  'leaseMs',
  'pollMs',
  'maxWaitingEmits',
  'maxDepth',
  'clock',
  'random',
]

/**
 * Checks options and fills in defaults, in the order in which they are declared.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function resolveOptions<Transaction>(
  options: EmitterOptions<Transaction>,
): ResolvedOptions<Transaction> {
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'an object with at least `site`', options)
  for (const name of Object.keys(options)) {
    if (!optionNames.some((known) => known === name)) {
      throw new InvalidInputError({
        code: 'option.unknown',
        field: name,
        message: `Unknown option \`${name}\`. Known: ${optionNames.join(', ')}.`,
      })
    }
  }
  const dialects = resolveDialects(options.dialects ?? bitbucketDialects)
  return {
    site: resolveSite(options.site),
    // Without a store of its own the host has no transaction to offer, so `Transaction` is `never`.
    store: options.store ?? (createMemoryStore() as Store<Transaction>),
    addressPolicy: createAddressPolicy(options.addresses),
    schedule: resolveSchedule(options.retry ?? 'default'),
    deadlineMs: integer('deadlineMs', options.deadlineMs ?? limits.defaultDeadlineMs, 1, 300_000),
    role: resolveRole(options.role ?? 'both'),
    lanes: {
      perLane: integer('concurrency.perLane', options.concurrency?.perLane ?? 10, 1, 10_000),
      total: integer('concurrency.total', options.concurrency?.total ?? 100, 1, 10_000),
      ratePerLane: resolveRate(options.ratePerLane ?? null),
    },
    dialects,
    caps: resolveCaps(dialects, options.caps ?? {}),
    breaker: resolveNumbers('breaker', options.breaker, defaultBreakerOptions),
    retention: resolveNumbers('retention', options.retention, defaultRetention),
    resolver: options.resolver ?? 'system',
    keepAlive: options.keepAlive ?? true,
    leaseMs: integer('leaseMs', options.leaseMs ?? 60_000, 1_000, 3_600_000),
    pollMs: integer('pollMs', options.pollMs ?? 1_000, 10, 3_600_000),
    maxWaitingEmits: integer('maxWaitingEmits', options.maxWaitingEmits ?? 1_000, 1, 1_000_000),
    maxDepth: integer('maxDepth', options.maxDepth ?? limits.maxDepth, 0, 1_000),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  }
}

function resolveSite(site: Site): Site {
  if (typeof site !== 'object' || site === null)
    throw invalid('site', 'an object with `htmlUrl` and `apiUrl`', site)
  return {
    ...site,
    htmlUrl: baseUrl('site.htmlUrl', site.htmlUrl),
    apiUrl: baseUrl('site.apiUrl', site.apiUrl),
  }
}

function baseUrl(field: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (
    url === null ||
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw invalid(field, 'an absolute http or https URL without query and fragment', value)
  }
  return String(value).replace(/\/+$/, '')
}

function resolveRole(role: unknown): 'emit' | 'deliver' | 'both' {
  if (role !== 'emit' && role !== 'deliver' && role !== 'both')
    throw invalid('role', 'emit, deliver or both', role)
  return role
}

function resolveRate(rate: LaneOptions['ratePerLane']): LaneOptions['ratePerLane'] {
  if (rate === null) return null
  return {
    count: integer('ratePerLane.count', rate.count, 1, 1_000_000),
    perMs: integer('ratePerLane.perMs', rate.perMs, 1, 3_600_000),
  }
}

function resolveDialects(dialects: readonly Dialect[]): ReadonlyMap<string, Dialect> {
  const byName = new Map(dialects.map((dialect) => [dialect.name, dialect]))
  if (byName.size === 0 || byName.size !== dialects.length) {
    throw invalid(
      'dialects',
      'at least one dialect, each name once',
      dialects.map(({ name }) => name).join(', '),
    )
  }
  return byName
}

function resolveCaps(
  dialects: ReadonlyMap<string, Dialect>,
  caps: Readonly<Record<string, Partial<DialectCaps>>>,
) {
  for (const name of Object.keys(caps)) {
    if (!dialects.has(name))
      throw invalid('caps', `the names of dialects (${[...dialects.keys()].join(', ')})`, name)
  }
  return new Map(
    [...dialects.values()].map(({ name, defaultCaps }) => [
      name,
      resolveNumbers(`caps.${name}`, caps[name], defaultCaps),
    ]),
  )
}

/** Lays numbers over their defaults; every one must be finite and not negative. */
function resolveNumbers<Numbers extends object>(
  field: string,
  given: Partial<Numbers> | undefined,
  defaults: Numbers,
): Numbers {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (!Object.hasOwn(defaults, name))
      throw invalid(field, `the keys ${Object.keys(defaults).join(', ')}`, name)
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
      throw invalid(`${field}.${name}`, 'a number from 0 up', value)
    }
  }
  return { ...defaults, ...given }
}

function integer(field: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(field, `an integer from ${min} to ${max}`, value)
  }
  return value
}

function invalid(field: string, expected: string, value: unknown): InvalidInputError {
  return new InvalidInputError({
    code: 'option.invalid',
    field,
    message: `Expected \`${field}\` to be ${expected}, got ${describeValue(value)}.`,
  })
}
