import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { Database } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type Migration, migrations } from '../../src/database/migrations.ts'
import { sql } from '../../src/database/statement.ts'

const additive: Migration = {
  version: 2,
  readableBy: 1,
  statements: 'alter table events add column note text',
}
const breaking: Migration = {
  version: 3,
  readableBy: 3,
  statements: 'alter table events rename column note to remark',
}

function open(): Database {
  return new Database(new DatabaseSync(':memory:'))
}

const ledger = (database: Database) =>
  database.all(sql('select version, readable_by, applied_at from migrations order by version'))

test('versions count from 1, and none is readable by what came after it', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
  for (const { version, readableBy } of migrations) expect(readableBy).toBeLessThanOrEqual(version)
})

test('an empty file gets every step, once', () => {
  const database = open()
  migrate(database, 7, [...migrations, additive])
  migrate(database, 9, [...migrations, additive])
  expect(ledger(database)).toMatchObject([
    { version: 1, readable_by: 1, applied_at: 7 },
    { version: 2, readable_by: 1, applied_at: 7 },
  ])
})

test('an older file gets the steps that it lacks', () => {
  const database = open()
  migrate(database, 1)
  migrate(database, 2, [...migrations, additive, breaking])
  expect(ledger(database)).toMatchObject([{ applied_at: 1 }, { applied_at: 2 }, { applied_at: 2 }])
})

test('a release can work on a newer file as far as that says so', () => {
  const database = open()
  migrate(database, 1, [...migrations, additive])
  expect(() => migrate(database, 2)).not.toThrow()
  migrate(database, 3, [...migrations, additive, breaking])
  expect(() => migrate(database, 4)).toThrow(
    expect.objectContaining({
      code: 'store.version-unsupported',
      message: expect.stringContaining('version 3'),
    }),
  )
})

test('a step that fails leaves the file as it was', () => {
  const database = open()
  migrate(database, 1)
  const failing = { ...additive, statements: `${additive.statements}; insert into nowhere values (1)` }
  expect(() => migrate(database, 2, [...migrations, failing])).toThrow('nowhere')
  expect(ledger(database)).toHaveLength(1)
  expect(() => migrate(database, 3, [...migrations, additive])).not.toThrow()
})

test('the database of another application is refused and not touched', () => {
  const database = open()
  database.exec('create table theirs (id integer)')
  expect(() => migrate(database, 1)).toThrow(expect.objectContaining({ code: 'store.failed' }))
  expect(database.all(sql('select name from sqlite_schema'))).toMatchObject([{ name: 'theirs' }])
})
