import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

export type Backend = ChildProcessByStdio<Writable, Readable, null>

/** The process groups of clones and fetches that run; a group's id is that of its first process. */
const groups = new Set<number>()

/** Starts `git http-backend` for a clone or fetch. An exit of ours that does not wait kills it and all that it started. */
export function spawnForFetch(env: NodeJS.ProcessEnv): Backend {
  const backend = spawnGroup('git', ['http-backend'], env)
  const { pid } = backend
  // Git could not be started; the process emits an error.
  if (pid === undefined) return backend
  // Before the other exit handlers, one of which may remove the folder that Git reads.
  if (groups.size === 0) process.prependListener('exit', killAll)
  groups.add(pid)
  backend.once('close', () => {
    groups.delete(pid)
    if (groups.size === 0) process.off('exit', killAll)
  })
  return backend
}

/**
 * Starts `git http-backend` for a push, which comes to its end whatever becomes of us: between moving the refs and `post-receive`
 * it must not be killed, and Git ends itself there when nobody reads what it answers (`write_or_die` in Git 2.39). So a `cat`
 * hands the answer on, and another one throws away what is left when we are gone.
 */
export function spawnForPush(env: NodeJS.ProcessEnv): Backend {
  const outlive = `git http-backend | { trap '' PIPE; cat 2>/dev/null; exec cat >/dev/null; }`
  return spawnGroup('sh', ['-c', outlive], env)
}

/** In a process group of its own: a Ctrl+C, which a terminal sends to our whole group, does not reach it. */
function spawnGroup(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Backend {
  return spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'], detached: true })
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
