import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { type PushReport, parsePushReport } from './push-report.ts'
import { toSpoolPath } from './spool-file.ts'

/**
 * Where a push waits from the moment its hook runs until its event is stored: a file for each, which the hook writes before it asks the
 * server. Whatever dies in between, the file is left, and the server finds it when it starts again. A push may be told of twice so; its
 * `pushId` makes it one event.
 */
export interface PushSpool {
  /** Tells of one push and removes its file. It is left if that fails. */
  tell(pushId: string): Promise<void>
  /** Tells of every push that is left, the oldest first. One that fails does not keep the others. */
  tellAll(): Promise<void>
}

export interface PushSpoolOptions {
  readonly folder: string
  /** Resolves once the event is stored. */
  readonly onPush: (push: PushReport) => Promise<void>
  /** Told of each push that `tellAll` could not tell of. */
  readonly onError: (error: unknown) => void
}

/** Time and UUID, as the hook makes them. Nothing else is a name of a file here. */
const pushIdPattern = /^\d+-[0-9a-f-]{36}$/

export async function createPushSpool({ folder, onPush, onError }: PushSpoolOptions): Promise<PushSpool> {
  await mkdir(folder, { recursive: true, mode: 0o700 })

  async function tell(pushId: string): Promise<void> {
    if (!pushIdPattern.test(pushId)) throw new Error('Expected the id of a push.')
    const path = toSpoolPath(folder, pushId)
    const text = await readIfThere(path)
    // Somebody else has told of it and removed it.
    if (text === null) return
    await onPush(parsePushReport(pushId, text))
    await rm(path, { force: true })
  }

  return {
    tell,
    async tellAll() {
      const names = await readdir(folder)
      const pushIds = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
      for (const pushId of pushIds.toSorted()) await tell(pushId).catch(onError)
    },
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
