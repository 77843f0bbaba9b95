import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

export type Backend = ChildProcessByStdio<Writable, Readable, null>

/** The process groups of the backends that run, hooks included; a group's id is that of its first process. */
const groups = new Set<number>()

/**
 * Starts `git http-backend` in a process group of its own: a Ctrl+C, which a terminal sends to our whole group, leaves a
 * push to its end for as long as we wait for it. An exit of ours that does not wait kills the group.
 */
export function spawnBackend(env: NodeJS.ProcessEnv): Backend {
  const backend = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const { pid } = backend
  // Git could not be started; the process emits an error.
  if (pid === undefined) return backend
  // Before the other exit handlers, one of which may remove the folder that Git writes to.
  if (groups.size === 0) process.prependListener('exit', killAll)
  groups.add(pid)
  backend.once('close', () => {
    groups.delete(pid)
    if (groups.size === 0) process.off('exit', killAll)
  })
  return backend
}

function killAll(): void {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
}
