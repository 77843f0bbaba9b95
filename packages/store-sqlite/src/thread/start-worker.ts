import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BackupStart, WorkerStart } from './protocol.ts'

/** Starts the thread of a handle. It keeps no process alive by itself. */
export function startWorker(start: WorkerStart): Worker {
  const worker = startThread('worker', start)
  worker.unref()
  return worker
}

/** Starts the thread of a backup, which ends by itself. */
export function startBackupWorker(start: BackupStart): Worker {
  return startThread('backup-worker', start)
}

/** Runs a file beside this one: `.ts` from source, `.js` when built. */
function startThread(name: string, data: WorkerStart | BackupStart): Worker {
  return new Worker(new URL(`./${name}${extname(import.meta.url)}`, import.meta.url), {
    name: `posthorn-sqlite-${name}`,
    workerData: data,
    execArgv: [...conditionsOf(process.execArgv), quietly],
  })
}

/** Older releases of Node call `node:sqlite` experimental each time it is loaded. */
const quietly = '--disable-warning=ExperimentalWarning'

/**
 * The conditions that packages are resolved with. Nothing else is inherited: flags such as `--input-type` are errors where the
 * program is a file.
 */
function conditionsOf(flags: readonly string[]): readonly string[] {
  return flags.flatMap((flag, index) => {
    if (flag.startsWith('--conditions=')) return [flag]
    const value = flags[index + 1]
    return (flag === '-C' || flag === '--conditions') && value !== undefined ? [`--conditions=${value}`] : []
  })
}
