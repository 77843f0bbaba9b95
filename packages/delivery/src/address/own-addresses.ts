import { networkInterfaces } from 'node:os'
import { type IpAddress, parseIpAddress } from './ip-address.ts'

/** Says whether an address is one of this machine. */
export type IsOwnAddress = (address: IpAddress) => boolean

/** How long a reading holds: IPv6 addresses come and go, and reading them costs a system call for every interface. */
const maxAgeMs = 10_000

/**
 * The addresses of this machine's interfaces, read again when they are looked for. A public address that a router in front of
 * the machine translates is not among them.
 */
export function createOwnAddresses(): IsOwnAddress {
  let own: ReadonlySet<string> = new Set()
  let readAt = Number.NEGATIVE_INFINITY
  return (address) => {
    const now = performance.now()
    if (now - readAt > maxAgeMs) {
      own = readOwnAddresses()
      readAt = now
    }
    return own.has(address.toString())
  }
}

function readOwnAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  return new Set(all.flatMap(({ address }) => parseIpAddress(address)?.toString() ?? []))
}
