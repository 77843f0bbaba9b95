import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { WorkerStart } from './protocol.ts'

/** Starts the thread from the file beside this one: `.ts` from source, `.js` when built. It keeps no process alive by itself. */
export function startWorker(start: WorkerStart): Worker {
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(file, {
    name: 'posthorn-sqlite',
    workerData: start,
    execArgv: [...conditionsOf(process.execArgv), quietly],
  })
  worker.unref()
  return worker
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
