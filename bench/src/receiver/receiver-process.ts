import { createServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { createRequestReader, type ReceivedRequest } from './request-reader.ts'
import type { Received, ReceiverMessage } from './start-receiver.ts'
import { isSignedRight } from './verify-signature.ts'

/**
 * The program of a receiver: answers every POST with an empty 200, and counts. It speaks just enough HTTP over `node:net` that
 * it takes several times the requests of any contender: what is to be measured is the sender.
 */
const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK')

const ids = new Set<string>()
let requestCount = 0
let wrongSignatureCount = 0
let firstAt = 0
let lastAt = 0

const server = createServer((socket) => {
  socket.setNoDelay(true)
  // A sender that goes away resets its connections.
  socket.on('error', () => socket.destroy())
  const read = createRequestReader((request) => take(request, socket))
  socket.on('data', read)
})

function take(request: ReceivedRequest, socket: Socket): void {
  if (requestCount === 0) firstAt = performance.now()
  requestCount += 1
  ids.add(request.deliveryId)
  if (requestCount % 100 === 1 && !isSignedRight(request)) wrongSignatureCount += 1
  socket.write(answer)
  lastAt = performance.now()
}

process.on('message', (message: ReceiverMessage) => {
  if (message === 'report') {
    const report: Received = {
      requestCount,
      distinctCount: ids.size,
      wrongSignatureCount,
      elapsedMs: lastAt - firstAt,
    }
    process.send?.(report)
  }
  ids.clear()
  requestCount = 0
  wrongSignatureCount = 0
})
process.on('disconnect', () => process.exit())

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
