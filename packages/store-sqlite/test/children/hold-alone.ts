import { DatabaseSync } from 'node:sqlite'

/** Takes the file for itself against readers too, as a process does for a moment that opens or closes it alone. */
const database = new DatabaseSync(process.argv[2] ?? '', { timeout: 10_000 })
database.exec('pragma locking_mode = exclusive; begin immediate; delete from deliveries; commit')
console.log('holding')
setInterval(() => undefined, 60_000)
