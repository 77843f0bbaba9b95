import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'

/** Listens, tells that it does, and never turns to its connections: the thread is blocked. */
const program = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const server = createServer()
  server.listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage('listening')
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
  })
`

/** More than the system itself takes while the server does not: Linux takes one more than asked for, and drops all others. */
const fillingCount = 8

/** Puts a server on an address that answers no attempt to connect, not even by a refusal, until the end of the test. */
export async function openDeafServer(host: string, port: number): Promise<void> {
  const worker = new Worker(program, { eval: true, workerData: { host, port } })
  const filling: Socket[] = []
  onTestFinished(async () => {
    for (const socket of filling) socket.destroy()
    await worker.terminate()
  })
  await once(worker, 'message')
  for (let count = 0; count < fillingCount; count += 1) {
    const socket = connect({ host, port })
    socket.on('error', () => {})
    filling.push(socket)
  }
  await Promise.race(filling.map((socket) => once(socket, 'connect')))
}
