import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** A key and its certificate, in PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Names and addresses it is for. @default ['localhost', '127.0.0.1'] */
  readonly hosts?: readonly string[]
  /** @default 'now' */
  readonly validity?: 'now' | 'past' | 'future'
}

/** An authority made for one test; nobody trusts it who is not given its certificate. */
export interface Authority {
  readonly cert: string
  issue(options?: CertificateOptions): Promise<Certificate>
}

const day = 24 * 60 * 60 * 1_000

/** Days from now. */
const validities = { now: [-1, 1], past: [-3, -2], future: [2, 3] } as const

/** A certificate that nobody vouches for but itself. */
export function createSelfSignedCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  return createLeaf(options, undefined)
}

export async function createAuthority(): Promise<Authority> {
  // A name of its own, since an authority is looked for by its name.
  const made = await generate([{ name: 'commonName', value: `Authority ${randomUUID()}` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...toDates('now'),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    cert: made.cert,
    issue: (options = {}) => createLeaf(options, { key: made.private, cert: made.cert }),
  }
}

async function createLeaf(
  { hosts = ['localhost', '127.0.0.1'], validity = 'now' }: CertificateOptions,
  authority: { readonly key: string; readonly cert: string } | undefined,
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'Receiver of a test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...toDates(validity),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: hosts.map(toAltName) },
    ],
    ...(authority === undefined ? {} : { ca: authority }),
  })
  return { key: made.private, cert: made.cert }
}

function toDates(validity: keyof typeof validities): { notBeforeDate: Date; notAfterDate: Date } {
  const [first, last] = validities[validity]
  return {
    notBeforeDate: new Date(Date.now() + first * day),
    notAfterDate: new Date(Date.now() + last * day),
  }
}

function toAltName(host: string): { type: 2; value: string } | { type: 7; ip: string } {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }
}
