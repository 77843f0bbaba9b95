import { generate } from 'selfsigned'

/** A private key and the certificate for it, both PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A fresh certificate for `localhost` and `127.0.0.1` that nobody but itself vouches for. */
export async function createSelfSignedCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key, cert }
}
