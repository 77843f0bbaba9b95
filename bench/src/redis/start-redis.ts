import { spawnSync } from 'node:child_process'
import { firstMessage, startProgram } from '../program/start-program.ts'

/** When Redis syncs its log: before it answers, or once a second, which a loss of power may cost. */
export type SyncPolicy = 'always' | 'everysec'

/** The name of the program, as it is looked up on the PATH. */
export const redisServer = 'redis-server'

/** An empty Redis that keeps a log. It is gone without a trace when it is disposed of, or when this process ends. */
export interface Redis extends AsyncDisposable {
  readonly socketPath: string
}

export function isRedisInstalled(): boolean {
  return spawnSync(redisServer, ['--version']).status === 0
}

export async function startRedis(syncPolicy: SyncPolicy): Promise<Redis> {
  const program = startProgram<string>(new URL('./redis-process.ts', import.meta.url), [syncPolicy])
  const { child, ended } = program
  return {
    socketPath: await firstMessage(program),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
