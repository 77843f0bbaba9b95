import { StoreError } from '@posthorn/core'
import { numberOf } from './columns.ts'
import type { Database } from './database.ts'
import { type Migration, migrations } from './migrations.ts'
import { sql } from './statement.ts'

/** Marks a file as Posthorn's ("Post"), for `file` and for us. */
const applicationId = 0x506f7374

const readApplicationId = sql('pragma application_id')
const countTables = sql(`select count(*) as count from sqlite_schema`)
const readVersion = sql('select max(version) as version from migrations')
const readNeeded = sql('select max(readable_by) as readable_by from migrations where version > :version')
const insertMigration = sql(`
  insert into migrations (version, readable_by, applied_at) values (:version, :readable_by, :now)
`)

/**
 * Brings a file to the newest schema, in one transaction. A process that finds another one at it waits, then finds it done.
 * @param steps all migrations, first one first
 * @throws {StoreError} `store.version-unsupported` if a newer release wrote what this one cannot read
 */
export function migrate(database: Database, now: number, steps: readonly Migration[] = migrations): void {
  if (checkVersion(database, steps) >= newestOf(steps)) return
  inTransaction(database, 'begin immediate', () => {
    const version = versionOf(database, steps)
    if (version === 0) createLedger(database)
    for (const step of steps.filter((candidate) => candidate.version > version)) {
      database.exec(step.statements)
      database.run(insertMigration, { version: step.version, readable_by: step.readableBy, now })
    }
  })
}

/**
 * The version of the schema, 0 for an empty file. Only reads.
 * @throws {StoreError} `store.failed` for a file of another application, `store.version-unsupported`
 */
export function checkVersion(database: Database, steps: readonly Migration[] = migrations): number {
  if (database.isInTransaction) return versionOf(database, steps)
  // In a transaction too: between two reads without one, another process may have made the whole schema.
  return inTransaction(database, 'begin', () => versionOf(database, steps))
}

function inTransaction<Result>(
  database: Database,
  begin: 'begin' | 'begin immediate',
  work: () => Result,
): Result {
  database.exec(begin)
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    if (database.isInTransaction) database.exec('rollback')
    throw error
  }
}

function versionOf(database: Database, steps: readonly Migration[]): number {
  const mark = numberOf(database.get(readApplicationId) ?? {}, 'application_id')
  if (mark !== applicationId) {
    if (mark === 0 && numberOf(database.get(countTables) ?? {}, 'count') === 0) return 0
    throw new StoreError({
      code: 'store.failed',
      message: 'The file is a database of another application. Choose another `location`.',
    })
  }
  const version = numberOf(database.get(readVersion) ?? {}, 'version')
  const newest = newestOf(steps)
  if (version > newest) refuseUnreadable(database, version, newest)
  return version
}

function refuseUnreadable(database: Database, version: number, newest: number): void {
  const neededVersion = numberOf(database.get(readNeeded, { version: newest }) ?? {}, 'readable_by')
  if (neededVersion <= newest) return
  throw new StoreError({
    code: 'store.version-unsupported',
    message:
      `The database has schema version ${version}, which only releases that know version ${neededVersion} can read; ` +
      `this one knows ${newest}. Use the newer release, or restore a backup.`,
  })
}

function createLedger(database: Database): void {
  database.exec(`
    pragma application_id = ${applicationId};
    create table migrations (
      version integer primary key,
      readable_by integer not null,
      applied_at integer not null
    ) strict;
  `)
}

function newestOf(steps: readonly Migration[]): number {
  return steps.at(-1)?.version ?? 0
}
