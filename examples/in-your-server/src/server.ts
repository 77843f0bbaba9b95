import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { emitPush } from '@posthorn/git'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter } from 'posthorn'
import { findPush } from './your-database.ts'

export const emitter = await createEmitter({
  site: { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' },
  store: createSqliteStore({ location: 'posthorn.db' }),
  addresses: { allow: ['127.0.0.0/8'] }, // your own network; public addresses are reached anyway
})

const hooks = createServer((request, response) => {
  const refuse = (error: unknown) => response.writeHead(500).end(String(error))
  emitReported(request).then(() => response.writeHead(204).end(), refuse)
}).listen(8751, '127.0.0.1')

async function emitReported(request: IncomingMessage): Promise<void> {
  const lines = (await text(request)).trimEnd().split('\n')
  const fields = lines.map((line) => line.split(' '))
  const updates = fields.map(([before = '', after = '', ref = '']) => ({ before, after, ref }))
  await emitPush(emitter, { ...findPush(request.url), updates }) // resolves once it is stored
}

process.once('SIGTERM', () => hooks.close(() => void emitter.stop()))
