import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSchedule, InvalidInputError, systemClock } from '@posthorn/core'
import type { EmitPushOptions, ReadPushOptions } from '@posthorn/git'
import { readTable } from '@posthorn/test-kit/read-table'
import { bitbucketDialects, createEmitter, type EmitterOptions, type MemoryStoreOptions } from 'posthorn'
import { expect, test } from 'vitest'
import { resolveReadPushOptions } from '../../packages/git/src/read-push-options.ts'
import { resolveOptions } from '../../packages/posthorn/src/resolve-options.ts'
import { resolveOptions as resolveMemoryOptions } from '../../packages/store-memory/src/options.ts'
import { resolveOptions as resolveSqliteOptions } from '../../packages/store-sqlite/src/options.ts'
import { actor, repository, site } from '../sample-push.ts'

const page = 'docs/options.md'

/** A row of a table of options. */
interface OptionRow {
  readonly name: string
  readonly shownDefault: string
  readonly range: string
}

function readOptions(heading: string): readonly OptionRow[] {
  return readTable(page, heading).map(([name = '', shownDefault = '', range = '']) => ({
    name,
    shownDefault,
    range,
  }))
}

/** What the range of a row refuses and takes: `1 to 10`, `from 1 up`. Null where it is none. */
function readBounds(range: string): { readonly min: number; readonly max: number | null } | null {
  const [, min, max] = /^(?:from )?([\d,]+)(?: to ([\d,]+)| up)$/.exec(range) ?? []
  return min === undefined ? null : { min: toNumber(min), max: max === undefined ? null : toNumber(max) }
}

/** Checks the bounds of each row that has some, by the one who refuses what lies outside. */
function expectBounds(rows: readonly OptionRow[], give: (name: string, value: number) => unknown): void {
  const bounded = rows.flatMap(({ name, range }) => {
    const bounds = readBounds(range)
    return bounds === null ? [] : [{ name, ...bounds }]
  })
  expect(bounded).not.toEqual([])
  for (const { name, min, max } of bounded) {
    expect(() => give(name, min), name).not.toThrow()
    expect(() => give(name, min - 1), name).toThrow(InvalidInputError)
    if (max === null) continue
    expect(() => give(name, max), name).not.toThrow()
    expect(() => give(name, max + 1), name).toThrow(InvalidInputError)
  }
}

const toNumber = (text: string) => Number(text.replaceAll(',', ''))

/** `a.b` as an option `a` with the member `b`. */
function toOptions(path: string, value: number): object {
  const [name = '', member] = path.split('.')
  return { [name]: member === undefined ? value : { [member]: value } }
}

test('docs/options.md shows every option of createEmitter, in order', async () => {
  const refusal: unknown = await createEmitter({ site, nonsense: 1 } as EmitterOptions).catch(
    (error: unknown) => error,
  )
  const [, known = ''] = /Known: (.*)\.$/.exec(refusal instanceof Error ? refusal.message : '') ?? []
  const shown = readOptions('## createEmitter').map(({ name }) => name.replace(/\..*/, ''))
  expect([...new Set(shown)]).toEqual(known.split(', '))
})

test('docs/options.md shows the defaults of createEmitter', () => {
  const resolved = resolveOptions({ site })
  const { lanes, network, schedule, dialects, clock } = resolved
  expect(schedule).toBe(defaultSchedule)
  expect([...dialects.values()]).toEqual(bitbucketDialects)
  expect(network).toEqual(resolveOptions({ site, tls: {}, proxy: null, localAddress: null }).network)
  expect(clock).toBe(systemClock)
  expect(resolved.random).toBe(Math.random)
  const defaults: Readonly<Record<string, unknown>> = {
    ...resolved,
    retry: 'default',
    'concurrency.perLane': lanes.perLane,
    'concurrency.total': lanes.total,
    ratePerLane: lanes.ratePerLane,
    dialects: 'bitbucketDialects',
    proxy: network.proxy,
    tls: '{}',
    localAddress: network.localAddresses,
    random: 'Math.random',
    encryption: null,
  }
  const inWords = ['site', 'store', 'addresses', 'caps', 'breaker', 'retention', 'clock']
  for (const { name, shownDefault } of readOptions('## createEmitter'))
    if (!inWords.includes(name)) expect(shownDefault, name).toBe(String(defaults[name]))
})

test('docs/options.md shows the ranges of createEmitter', () => {
  expectBounds(readOptions('## createEmitter'), (name, value) =>
    resolveOptions({ site, ...toOptions(name, value) }),
  )
})

test('docs/options.md shows every option of createMemoryStore, with its default and range', () => {
  const rows = readOptions('## createMemoryStore')
  const shown = rows.map(({ name, shownDefault }) => [name, Number(shownDefault)])
  expect(shown).toEqual(Object.entries(resolveMemoryOptions({})))
  const names: Readonly<Record<keyof MemoryStoreOptions, true>> = {
    maxPendingDeliveries: true,
    maxBodyBytes: true,
    maxFinishedDeliveries: true,
    maxEvents: true,
  }
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(names))
  expectBounds(rows, (name, value) => resolveMemoryOptions({ [name]: value }))
})

test('docs/store-sqlite.md shows every option of createSqliteStore, with its default', () => {
  const { synchronous, busyTimeoutMs } = resolveSqliteOptions({ location: 'a.db' })
  const shown = readTable('docs/store-sqlite.md', '## Options').map(([name, value = '']) => [
    name,
    value.replaceAll(/[_']/g, ''),
  ])
  expect(shown).toEqual([
    ['location', '–'],
    ['synchronous', synchronous],
    ['busyTimeoutMs', String(busyTimeoutMs)],
  ])
})

test('docs/options.md shows every option of emitPush, with the defaults and ranges of what reads a push', () => {
  const names: Readonly<Record<keyof EmitPushOptions, true>> = {
    gitDir: true,
    updates: true,
    repository: true,
    actor: true,
    pushId: true,
    emit: true,
    git: true,
    env: true,
    timeoutMs: true,
    maxBytes: true,
  }
  const rows = readOptions('## emitPush')
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(names))
  const options: ReadPushOptions = {
    gitDir: '/nowhere.git',
    updates: [],
    repository,
    actor,
    detail: { maxCommits: 1, maxChanges: 0 },
  }
  const { session } = resolveReadPushOptions(options)
  const defaultOf = (option: string) => rows.find(({ name }) => name === option)?.shownDefault
  expect(defaultOf('git')).toBe(session.git)
  expect(defaultOf('timeoutMs')).toBe(String(session.timeoutMs))
  expect(defaultOf('maxBytes')).toBe(String(session.maxBytes))
  const push = readFileSync(join(import.meta.dirname, '../../docs/push.md'), 'utf8')
  for (const name of ['timeoutMs', 'maxBytes'] as const) {
    const [, shown = ''] = new RegExp(`\`${name}\` \\(([\\d,]+)\\)`).exec(push) ?? []
    expect(toNumber(shown), `${name} in docs/push.md`).toBe(session[name])
  }
  const readByGit = rows.filter(({ name }) => name !== 'pushId')
  expectBounds(readByGit, (name, value) => resolveReadPushOptions({ ...options, [name]: value }))
})
