import type { LookupAddress } from 'node:dns'
import type { Socket } from 'node:net'
import { toUrlHost, toUrlPort } from '../address/host-name.ts'
import type { ExchangePhase } from './exchange-phase.ts'
import type { LocalAddresses } from './local-addresses.ts'
import { openSocket } from './open-socket.ts'
import type { ProxyServer } from './proxy-options.ts'
import { type SocketSecurity, secureSocket } from './secure-socket.ts'
import { openTunnel } from './tunnel.ts'

/** How to open one socket. */
export interface DialOptions {
  /** Its host, port and scheme are read. */
  readonly url: URL
  /** The addresses that may be dialled. Rejects if there is none, or if one is refused. */
  readonly lookUp: (signal: AbortSignal) => Promise<readonly LookupAddress[]>
  /** Null: the host of the URL is dialled itself. */
  readonly proxy: ProxyRoute | null
  readonly localAddresses: LocalAddresses | null
  /** Asked for https only. */
  readonly security: () => SocketSecurity
  /** Told of each phase as it begins. */
  readonly onPhase: (phase: ExchangePhase) => void
}

/** How to reach a proxy. */
export interface ProxyRoute {
  readonly proxy: ProxyServer
  /** The addresses of the proxy, which nobody judges: it is the operator's. */
  readonly lookUp: (signal: AbortSignal) => Promise<readonly LookupAddress[]>
  /** Asked for an https proxy only. */
  readonly security: () => SocketSecurity
}

/**
 * Opens a socket to the host of a URL.
 *
 *   look up and judge → connect → TLS                        to the host itself
 *   connect to the proxy → TLS with it → CONNECT → TLS       through a proxy, which looks the name up
 *
 * The look-up comes before there is a socket, so that nothing at all is opened for a target that is refused; the socket gets no
 * other addresses than those. There is no time-out here.
 * @param signal ends the socket, for as long as it lives
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Socket> {
  const { url, onPhase } = options
  const socket = await (options.proxy === null
    ? dialHost(options, signal)
    : dialThroughProxy(options.proxy, options, signal))
  if (url.protocol !== 'https:') {
    onPhase('exchange')
    return socket
  }
  onPhase('tls')
  const secured = await secureSocket(socket, toUrlHost(url).text, options.security())
  onPhase('exchange')
  return secured
}

async function dialHost(
  { url, lookUp, localAddresses, onPhase }: DialOptions,
  signal: AbortSignal,
): Promise<Socket> {
  onPhase('look-up')
  const addresses = await lookUp(signal)
  signal.throwIfAborted()
  onPhase('connect')
  return openSocket({ host: toUrlHost(url).text, port: toUrlPort(url), addresses, localAddresses }, signal)
}

async function dialThroughProxy(
  { proxy, lookUp, security }: ProxyRoute,
  { url, localAddresses, onPhase }: DialOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port, isSecure, authorization } = proxy
  onPhase('proxy')
  const addresses = await lookUp(signal)
  signal.throwIfAborted()
  const plain = await openSocket({ host, port, addresses, localAddresses }, signal)
  const socket = isSecure ? await secureSocket(plain, host, security()) : plain
  // From here on it is the target that the proxy may be waiting for.
  onPhase('connect')
  await openTunnel(socket, { host: toUrlHost(url).text, port: toUrlPort(url) }, authorization())
  return socket
}
