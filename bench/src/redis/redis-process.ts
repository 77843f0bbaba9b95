import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { redisServer } from './start-redis.ts'

/**
 * The program that minds a Redis: it starts `redis-server` on a socket in a folder of its own, tells the path of the socket, and
 * ends it when whoever started this program lets go of it or dies, however suddenly. The folder goes when this program ends.
 */
const [syncPolicy = 'always'] = process.argv.slice(2)
const folder = createTemporaryFolder()
const socketPath = join(folder.path, 'redis.sock')

const listening = ['--port', '0', '--unixsocket', socketPath, '--unixsocketperm', '700']
const logging = ['--appendonly', 'yes', '--appendfsync', syncPolicy, '--save', '']
const server = spawn(redisServer, [...listening, '--dir', folder.path, ...logging], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
createInterface(server.stdout).on('line', (line) => {
  if (process.connected && /ready to accept connections/i.test(line)) process.send?.(socketPath)
})
server.on('exit', (code) => process.exit(code ?? 0))

process.on('disconnect', stop)
process.on('SIGTERM', stop)
// An interrupt from the keyboard comes to the whole group of processes; whoever started this one acts on it.
process.on('SIGINT', () => {})

/** What it holds is of no use to anybody by now, so there is nothing to wait for. */
function stop(): void {
  server.kill('SIGKILL')
}
