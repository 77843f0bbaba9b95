import { isIP, type Socket } from 'node:net'
import { connect, type SecureContext } from 'node:tls'

/** How a socket is secured. */
export interface SocketSecurity {
  readonly context: SecureContext
  readonly verifiesCertificates: boolean
}

/**
 * Agrees on TLS over a socket that stands.
 * @param host the name or address that the certificate must be for
 */
export function secureSocket(
  socket: Socket,
  host: string,
  { context, verifiesCertificates }: SocketSecurity,
): Promise<Socket> {
  const secured = connect({
    socket,
    host,
    // RFC 6066, section 3, knows no server name for an address. Without one, `host` is what the certificate must name.
    servername: isIP(host) === 0 ? host : '',
    secureContext: context,
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment cannot turn it off.
    rejectUnauthorized: verifiesCertificates,
    ALPNProtocols: ['http/1.1'],
  })
  return new Promise((resolve, reject) => {
    secured.once('secureConnect', () => resolve(secured))
    // Stays for the life of the socket: an error that nobody listens to would end the process.
    secured.on('error', reject)
    secured.once('close', () => reject(new Error('The socket was closed while TLS was agreed on.')))
  })
}
