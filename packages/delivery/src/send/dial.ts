import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls, type SecureContext } from 'node:tls'
import { toUrlHost, toUrlPort } from '../address/host-name.ts'
import type { ExchangePhase } from './exchange-phase.ts'

/** How to open one socket. */
export interface DialOptions {
  /** Its host, port and scheme are read. */
  readonly url: URL
  /** The addresses that may be dialled. Rejects if there is none, or if one is refused. */
  readonly lookUp: (signal: AbortSignal) => Promise<readonly LookupAddress[]>
  /** Asked for https only. */
  readonly security: () => SocketSecurity
  /** Told of each phase as it begins. */
  readonly onPhase: (phase: ExchangePhase) => void
}

export interface SocketSecurity {
  readonly context: SecureContext
  readonly verifiesCertificates: boolean
}

/**
 * Opens a socket to the host of a URL. The look-up comes before there is a socket, so that nothing at all is opened for a
 * target that is refused; the socket gets no other addresses than those. There is no time-out here.
 * @param signal ends the socket, for as long as it lives
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Socket> {
  const { url, onPhase } = options
  onPhase('look-up')
  const addresses = await options.lookUp(signal)
  signal.throwIfAborted()
  onPhase('connect')
  const isSecure = url.protocol === 'https:'
  const host = toUrlHost(url).text
  // Several addresses are tried in turn, for 250 ms each but the last (RFC 8305).
  const target = {
    host,
    port: toUrlPort(url),
    lookup: toLookup(addresses),
    noDelay: true,
    autoSelectFamily: true,
  }
  const socket = isSecure
    ? openTls({ ...target, ...toTlsOptions(host, options.security()) })
    : openTcp(target)
  signal.addEventListener('abort', () => socket.destroy(), { once: true })
  if (isSecure) socket.once('connect', () => onPhase('tls'))
  return new Promise((resolve, reject) => {
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      onPhase('exchange')
      resolve(socket)
    })
    // Stays for the life of the socket: an error that nobody listens to would end the process.
    socket.on('error', reject)
  })
}

function toLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses
    if (all === true || first === undefined) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}

function toTlsOptions(host: string, { context, verifiesCertificates }: SocketSecurity) {
  return {
    // RFC 6066, section 3, knows no server name for an address. Without one, `host` is what the certificate must name.
    servername: isIP(host) === 0 ? host : '',
    secureContext: context,
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment cannot turn it off.
    rejectUnauthorized: verifiesCertificates,
    ALPNProtocols: ['http/1.1'],
  }
}
