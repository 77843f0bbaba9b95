import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { systemClock } from '@posthorn/core'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { sampleContent } from '@posthorn/test-kit/store-contract/samples'
import { arm } from './stop-points.ts'

/**
 * Opens the file of each line, writes a subscription into it, closes it and says so; it dies of an error. A line `arm 3` lets it
 * stop at the third statement of its point after that.
 */
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.split(' ')
  if (word === 'arm') arm(Number(count))
  else await open(line)
}

async function open(location: string): Promise<void> {
  const handle = await createSqliteStore({ location }).open({ clock: systemClock })
  const id = randomUUID()
  const subject = { type: 'repository', id: randomUUID() } as const
  await handle.createSubscription({ id, subject, content: sampleContent }, { group: 'webhook', maxCount: 1 })
  await handle.close()
  console.log(`opened ${id}`)
}
