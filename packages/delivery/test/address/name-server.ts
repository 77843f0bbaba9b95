import { createSocket } from 'node:dgram'
import { onTestFinished } from 'vitest'

/** What a name server says of one name and family. A number is an error code of DNS: 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
export type NameServerAnswer = readonly string[] | number | 'silent'

export interface NameServer {
  /** As `createDnsResolver` takes it. */
  readonly server: string
  /** Such as `A receiver.example`, in order. */
  readonly asked: readonly string[]
}

const types: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' }

/** A real name server on loopback that answers from a function, until the test ends. */
export async function openNameServer(
  answer: (type: 'A' | 'AAAA', name: string) => NameServerAnswer,
): Promise<NameServer> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    asked.push(`${type} ${name}`)
    const given = answer(type, name)
    if (given !== 'silent') socket.send(toReply(query, end, type, given), from.port, from.address)
  })
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return { server: `127.0.0.1:${socket.address().port}`, asked }
}

function readQuestion(query: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), type: types[query.readUInt16BE(at + 1)] ?? 'A', end: at + 5 }
}

/** Source: RFC 1035, section 4.1. */
function toReply(query: Buffer, end: number, type: 'A' | 'AAAA', answer: readonly string[] | number): Buffer {
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  const addresses = typeof answer === 'number' ? [] : answer
  head.writeUInt16BE(0x81_80 | (typeof answer === 'number' ? answer : 0), 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(addresses.length, 6)
  const records = addresses.map((address) => {
    const data = toBytes(address)
    const record = Buffer.from([0xc0, 12, 0, type === 'A' ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, data.length])
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, query.subarray(12, end), ...records])
}

/** IPv6 with all eight groups written out. */
function toBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  return Buffer.from(
    address
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  )
}
