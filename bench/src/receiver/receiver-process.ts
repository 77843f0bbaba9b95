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
let wrongSignatureCount = 0
let answeredAt: number[] = []

const server = createServer((socket) => {
  socket.setNoDelay(true)
  // A sender that goes away resets its connections.
  socket.on('error', () => socket.destroy())
  const read = createRequestReader((request) => take(request, socket))
  socket.on('data', read)
})

function take(request: ReceivedRequest, socket: Socket): void {
  ids.add(request.deliveryId)
  if (answeredAt.length % 100 === 0 && !isSignedRight(request)) wrongSignatureCount += 1
  socket.write(answer)
  answeredAt.push(performance.now())
}

/** Answers a second after the one with this index. */
function rateSince(index: number): number {
  const elapsedMs = (answeredAt.at(-1) ?? 0) - (answeredAt[index] ?? 0)
  return ((answeredAt.length - 1 - index) / elapsedMs) * 1_000
}

process.on('message', (message: ReceiverMessage) => {
  if (message === 'report') {
    const report: Received = {
      requestCount: answeredAt.length,
      distinctCount: ids.size,
      wrongSignatureCount,
      secondHalf: rateSince(Math.floor(answeredAt.length / 2)),
    }
    process.send?.(report)
  }
  ids.clear()
  answeredAt = []
  wrongSignatureCount = 0
})
process.on('disconnect', () => process.exit())

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
