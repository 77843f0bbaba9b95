import { constants, mkdir, open, readdir, rm } from 'node:fs/promises'
import { type PushReport, parsePushReport } from './push-report.ts'
import { toPartPath, toSpoolPath } from './spool-file.ts'

/**
 * Where a push waits from the moment its hook runs until its event is stored: a file for each, which the hook writes before it asks the
 * server. Whatever dies in between, the file is left, and the server finds it when it looks again. A push may be told of twice so; its
 * `pushId` makes it one event.
 */
export interface PushSpool {
  /**
   * Tells of one push and removes its file. It is left if that fails.
   * @param report what should be in the file, from a hook that could not write it
   */
  tell(pushId: string, report?: string): Promise<void>
  /**
   * Tells of every push that is left, the oldest first. One that fails does not keep the others: it is reported once, and from then on
   * tried behind them, after more and more looks.
   */
  tellAll(): Promise<void>
  /** Resolves when no push is being told of; those that are left stay. */
  close(): Promise<void>
}

export interface PushSpoolOptions {
  readonly folder: string
  /** Resolves once the event is stored. */
  readonly onPush: (push: PushReport) => Promise<void>
  /** Told of each push that `tellAll` could not tell of, and of files that could not be written or removed. */
  readonly onError: (error: unknown) => void
}

/** Time and UUID, as the hook makes them. Nothing else is a name of a file here. */
const pushIdPattern = /^\d+-[0-9a-f-]{36}$/

/** Looks at most that a push which fails again and again is left out of. */
const maxLooksLeftOut = 15

export async function createPushSpool({ folder, onPush, onError }: PushSpoolOptions): Promise<PushSpool> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const failures = new Map<string, { count: number; looksLeftOut: number }>()
  let isClosed = false
  let telling: Promise<void> | null = null
  let retrying: Promise<void> | null = null

  async function tell(pushId: string, report?: string): Promise<void> {
    if (!pushIdPattern.test(pushId)) throw new Error('Expected the id of a push.')
    // The second is there if the hook was killed before it gave the file its name. If it is not whole, it is no JSON.
    const paths = [toSpoolPath(folder, pushId), toPartPath(folder, pushId)]
    const text = report ?? (await readFirst(paths))
    // Somebody else has told of it and removed it.
    if (text === null) return
    if (report !== undefined) onError(new Error(`The hook of push ${pushId} could not write to ${folder}.`))
    await onPush(parsePushReport(pushId, text))
    for (const path of paths) await rm(path, { force: true }).catch(onError)
  }

  /** Whoever failed before, perhaps after a minute, is waited for by nobody but those that did too. */
  async function look(): Promise<void> {
    const names = (await readdir(folder)).filter((name) => /\.json(?:\.part)?$/.test(name))
    const pushIds = new Set(names.map((name) => name.replace(/\.json(?:\.part)?$/, '')))
    for (const pushId of failures.keys()) if (!pushIds.has(pushId)) failures.delete(pushId)
    const left = [...pushIds].toSorted()
    const failed = left.filter((pushId) => failures.has(pushId))
    await tellEach(left.filter((pushId) => !failures.has(pushId)))
    retrying ??= tellEach(failed.filter(isDue)).finally(() => {
      retrying = null
    })
  }

  function isDue(pushId: string): boolean {
    const failure = failures.get(pushId)
    if (failure === undefined) return false
    failure.looksLeftOut -= 1
    return failure.looksLeftOut < 0
  }

  async function tellEach(pushIds: readonly string[]): Promise<void> {
    for (const pushId of pushIds) {
      if (isClosed) return
      await tell(pushId).then(
        () => failures.delete(pushId),
        (cause: unknown) => fail(pushId, cause),
      )
    }
  }

  function fail(pushId: string, cause: unknown): void {
    const count = (failures.get(pushId)?.count ?? 0) + 1
    if (count === 1) onError(new Error(`Nobody is told of ${pushId} in the spool.`, { cause }))
    failures.set(pushId, { count, looksLeftOut: Math.min(2 ** (count - 1) - 1, maxLooksLeftOut) })
  }

  return {
    tell,
    tellAll: async () => {
      telling ??= look()
        .catch(onError)
        .finally(() => {
          telling = null
        })
      await telling
      await retrying
    },
    close: async () => {
      isClosed = true
      await telling
      await retrying
    },
  }
}

async function readFirst(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const text = await readIfThere(path)
    if (text !== null) return text
  }
  return null
}

/** Only what is a file itself: a link would lead elsewhere, and a pipe would be waited for. */
async function readIfThere(path: string): Promise<string | null> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (file === null) return null
  try {
    if ((await file.stat()).isFile()) return await file.readFile('utf8')
    throw new Error(`Expected a file, got something else at ${path}.`)
  } finally {
    await file.close()
  }
}
