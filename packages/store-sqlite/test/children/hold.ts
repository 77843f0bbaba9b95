import { DatabaseSync } from 'node:sqlite'

/** Takes the file for itself in the middle of a transaction, and stays there. */
const database = new DatabaseSync(process.argv[2] ?? '', { timeout: 10_000 })
database.exec(`begin immediate; delete from deliveries`)
console.log('holding')
setInterval(() => undefined, 60_000)
