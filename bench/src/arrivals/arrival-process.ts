import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createRequestReader } from '../receiver/request-reader.ts'
import { nowInMs } from './now-in-ms.ts'

/**
 * The program of a receiver on many ports that notes when each request began to arrive. Its only word is the number of ports; the
 * first of them can be told to answer nothing.
 */
export type ArrivalMessage = 'report' | 'hang' | 'answer'

/** What came since the last report. */
export interface Arrival {
  readonly deliveryId: string
  /** Index of the port. */
  readonly port: number
  /** By the clock that all processes of the machine share. */
  readonly at: number
}

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK')

let arrivals: Arrival[] = []
let isFirstHanging = false

function serve(socket: Socket, port: number): void {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  let beganAt: number | null = null
  const read = createRequestReader(({ deliveryId }) => {
    arrivals.push({ deliveryId, port, at: beganAt ?? nowInMs() })
    beganAt = null
    if (port > 0 || !isFirstHanging) socket.write(answer)
  })
  socket.on('data', (chunk) => {
    beganAt ??= nowInMs()
    read(chunk)
  })
}

process.on('message', (message: ArrivalMessage) => {
  if (message !== 'report') {
    isFirstHanging = message === 'hang'
    return
  }
  process.send?.(arrivals)
  arrivals = []
})
process.on('disconnect', () => process.exit())

const ports: number[] = []
for (let port = 0; port < Number(process.argv[2]); port += 1) {
  const server = createServer((socket) => serve(socket, port)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: number } = server.address() as AddressInfo
  ports.push(number)
}
process.send?.(ports)
