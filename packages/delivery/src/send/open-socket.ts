import type { LookupAddress } from 'node:dns'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import type { LocalAddresses } from './local-addresses.ts'

/** Where a socket goes, and from where. */
export interface SocketEnds {
  /** For errors only: the addresses are dialled. */
  readonly host: string
  readonly port: number
  readonly addresses: readonly LookupAddress[]
  /** Null: the operating system chooses. */
  readonly localAddresses: LocalAddresses | null
}

/** The time for each of several addresses but the last, in ms. Source: RFC 8305, section 5; also Node's own. */
const perAddressMs = 250

/** Addresses that one attempt tries. Half of them may be of each family, and some down. */
const maxTriedCount = 8

/**
 * Opens a socket to one of several addresses, the first of which are tried in turn.
 * @param signal ends the socket, for as long as it lives
 */
export function openSocket(target: SocketEnds, signal: AbortSignal): Promise<Socket> {
  const ends = { ...target, addresses: pickTried(target.addresses) }
  const { host, port, addresses, localAddresses } = ends
  return localAddresses === null
    ? whenOpen(
        connect({ host, port, lookup: toLookup(addresses), noDelay: true, autoSelectFamily: true }),
        signal,
      )
    : openFrom(localAddresses, ends, signal)
}

/** In their order, and of one family no more than half while there are others: this machine may have no way to one of them. */
function pickTried(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
  if (addresses.length <= maxTriedCount) return addresses
  const preferred = new Set(
    [4, 6].flatMap((family) =>
      addresses.filter(({ address }) => isIP(address) === family).slice(0, maxTriedCount / 2),
    ),
  )
  const others = addresses.filter((address) => !preferred.has(address))
  const tried = new Set([...preferred, ...others].slice(0, maxTriedCount))
  return addresses.filter((address) => tried.has(address))
}

/** Node tries one address only where a local one is given, and of whatever family, so they are tried in turn here. */
async function openFrom(
  localAddresses: LocalAddresses,
  { port, addresses }: SocketEnds,
  signal: AbortSignal,
): Promise<Socket> {
  const routes = addresses.flatMap(({ address }) => {
    const localAddress = localAddresses[isIP(address) === 6 ? 6 : 4]
    return localAddress === null ? [] : [{ host: address, port, localAddress, noDelay: true }]
  })
  const failures: unknown[] = []
  for (const [index, route] of routes.entries()) {
    const isLast = index === routes.length - 1
    try {
      return await whenOpen(connect(route), signal, isLast ? null : perAddressMs)
    } catch (error) {
      signal.throwIfAborted()
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures)
  throw Object.assign(new Error('No address is of the family of a local address.'), { code: 'ENETUNREACH' })
}

function whenOpen(socket: Socket, signal: AbortSignal, withinMs: number | null = null): Promise<Socket> {
  const end = (): void => void socket.destroy()
  signal.addEventListener('abort', end, { once: true })
  // Not for the life of the signal, which outlives every socket that fails.
  socket.once('close', () => signal.removeEventListener('abort', end))
  return new Promise((resolve, reject) => {
    const timer =
      withinMs === null
        ? undefined
        : setTimeout(() => {
            reject(Object.assign(new Error('No connection in time.'), { code: 'ETIMEDOUT' }))
            socket.destroy()
          }, withinMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
    // Stays for the life of the socket: an error that nobody listens to would end the process.
    socket.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      reject(signal.aborted ? signal.reason : new Error('The socket was closed.'))
    })
  })
}

function toLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses
    if (all === true || first === undefined) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}
