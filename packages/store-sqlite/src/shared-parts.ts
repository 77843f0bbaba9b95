import type { SubscriptionRecord } from '@posthorn/core'
import { bytesOf, numberOf, textOf } from './database/columns.ts'
import type { Database, Row } from './database/database.ts'
import { sql } from './database/statement.ts'
import { existing } from './subscriptions.ts'

const readBytes = sql(`
  select bytes from bodies
  where event_seq = :event_seq and dialect = :dialect and variant = :variant and part = :part
`)

/** What the deliveries of one claim have in common, each read once and given as one object. */
export class SharedParts {
  readonly #database: Database
  readonly #bytes = new Map<string, Uint8Array | null>()
  readonly #subscriptions = new Map<string, SubscriptionRecord>()

  constructor(database: Database) {
    this.#database = database
  }

  /** @param row a delivery */
  bytes(row: Row): Uint8Array | null {
    const key = {
      event_seq: numberOf(row, 'event_seq'),
      dialect: textOf(row, 'dialect'),
      variant: textOf(row, 'variant'),
      part: numberOf(row, 'part'),
    }
    const name = `${key.event_seq} ${key.part} ${key.dialect.length} ${key.dialect}${key.variant}`
    return once(this.#bytes, name, () => {
      const found = this.#database.get(readBytes, key)
      return found === undefined ? null : bytesOf(found, 'bytes')
    })
  }

  subscription(id: string): SubscriptionRecord {
    return once(this.#subscriptions, id, () => existing(this.#database, id))
  }
}

function once<Key, Value>(known: Map<Key, Value>, key: Key, read: () => Value): Value {
  const value = known.get(key) ?? read()
  known.set(key, value)
  return value
}
