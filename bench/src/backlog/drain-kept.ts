import { join } from 'node:path'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import { createBacklogWriter } from './backlog-writer.ts'
import { type Drained, drain } from './drain.ts'

/** Delivers so many from a fresh file whose backlog is topped up to the same size all the while, by this process. */
export async function drainKept(
  backlogCount: number,
  count: number,
  receiver: BenchReceiver,
): Promise<Drained> {
  using folder = createTemporaryFolder()
  const location = join(folder.path, 'posthorn.db')
  await using writer = await createBacklogWriter(location, receiver.url)
  await writer.append(backlogCount)
  let writtenCount = backlogCount
  return await drain(location, count, receiver, async (deliveredCount) => {
    const missingCount = deliveredCount + backlogCount - writtenCount
    writtenCount += missingCount
    await writer.append(missingCount)
  })
}
