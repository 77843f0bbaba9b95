import { copyFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import type { BenchReceiver } from '../receiver/start-receiver.ts'
import { type Drained, drain } from './drain.ts'

/** Delivers so many from a copy of a file. */
export async function drainCopy(prepared: string, count: number, receiver: BenchReceiver): Promise<Drained> {
  using folder = createTemporaryFolder()
  const location = join(folder.path, 'posthorn.db')
  await copyFile(prepared, location)
  const file = await open(location, 'r+')
  // Or the syncs of the store would wait until all of the copy is on the disk.
  await file.sync()
  await file.close()
  return await drain(location, count, receiver)
}
