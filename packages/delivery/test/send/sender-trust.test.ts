import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { inspect } from 'node:util'
import { InvalidInputError } from '@posthorn/core'
import {
  type Certificate,
  createAuthority,
  createSelfSignedCertificate,
} from '@posthorn/test-kit/certificates'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { describe, expect, test } from 'vitest'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { createSecureContexts } from '../../src/send/secure-contexts.ts'
import { type SecurityProfile, toProfileKey } from '../../src/send/security-profile.ts'
import { listen, openSender, requestTo } from './sender-fixture.ts'

const authority = await createAuthority()
const other = await createAuthority()
const profile: SecurityProfile = { verifiesCertificates: true }

function withClient({ key, cert }: Certificate): SecurityProfile {
  return { verifiesCertificates: true, client: { certificate: cert, key } }
}

/** A TLS server that answers every request with a 200. */
async function openServer(options: TlsOptions, onSocket: (socket: TLSSocket) => void = () => {}) {
  const server = createServer({ ...(await authority.issue()), ...options }, (socket) => {
    onSocket(socket)
    socket.on('error', () => {})
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'))
  })
  server.on('tlsClientError', () => {})
  return `https://127.0.0.1:${await listen(server)}/`
}

const trusting = resolveNetwork({ tls: { ca: authority.cert } })

describe('authorities of the emitter', () => {
  test.for([
    ['alone', authority.cert],
    ['in a list', [other.cert, authority.cert]],
    ['in one text', `${other.cert}\n${authority.cert}`],
  ] as const)('%s are trusted', async ([, ca]) => {
    await using receiver = await createReceiver({ certificate: await authority.issue() })
    const sender = openSender({ network: resolveNetwork({ tls: { ca } }) })
    expect((await sender.send(requestTo(receiver.url))).outcome.word).toBe('http.2xx')
  })

  test('do not vouch for what they did not sign', async () => {
    await using receiver = await createReceiver({ certificate: await other.issue() })
    const record = await openSender({ network: trusting }).send(requestTo(receiver.url))
    expect(record.outcome.word).toBe('tls.untrusted')
  })

  test('do not make an address good that the certificate does not name', async () => {
    await using named = await createReceiver({ certificate: await authority.issue({ hosts: ['127.0.0.1'] }) })
    await using unnamed = await createReceiver({
      certificate: await authority.issue({ hosts: ['localhost', '127.0.0.2', '*.1'] }),
    })
    const sender = openSender({ network: trusting })
    expect((await sender.send(requestTo(named.url))).outcome.word).toBe('http.2xx')
    expect((await sender.send(requestTo(unnamed.url))).outcome.word).toBe('tls.host-mismatch')
  })

  test.for([
    ['a.corp.example', 'http.2xx'],
    ['corp.example', 'tls.host-mismatch'],
    ['b.a.corp.example', 'tls.host-mismatch'],
    ['corp.example.evil.example', 'tls.host-mismatch'],
  ] as const)('for *.corp.example, %s is %s', async ([host, word]) => {
    const certificate = await authority.issue({ hosts: ['*.corp.example'] })
    await using receiver = await createReceiver({ certificate })
    const sender = openSender({ network: trusting })
    const record = await sender.send(requestTo(`https://${host}:${receiver.port}/`))
    expect(record.outcome.word).toBe(word)
  })
})

describe('the oldest version of TLS', () => {
  test.for([
    ['TLSv1.2', 'TLSv1.1', 'tls.failed'],
    ['TLSv1.2', 'TLSv1.2', 'http.2xx'],
    ['TLSv1.3', 'TLSv1.2', 'tls.failed'],
    ['TLSv1.3', 'TLSv1.3', 'http.2xx'],
  ] as const)(
    '%s, against a receiver that knows no newer one than %s, gives %s',
    async ([minVersion, maxVersion, word]) => {
      const url = await openServer({ minVersion: 'TLSv1', maxVersion, ciphers: 'ALL:@SECLEVEL=0' })
      const network = resolveNetwork({ tls: { ca: authority.cert, minVersion } })
      expect((await openSender({ network }).send(requestTo(url))).outcome.word).toBe(word)
    },
  )
})

describe('a receiver that requires a client certificate', () => {
  const options = { ca: authority.cert, requestCert: true, rejectUnauthorized: true }

  // A Node server closes without a word on a certificate of another authority, and sends an alert for none. Over TLS 1.3 the
  // client is done before the server has seen its certificate (RFC 8446, section 2).
  test.for([
    ['TLSv1.2', 'connect.reset'],
    ['TLSv1.3', 'answer.closed'],
  ] as const)('over %s takes the right one and no other', async ([version, closed]) => {
    const url = await openServer({ ...options, minVersion: version, maxVersion: version })
    const sender = openSender({ network: trusting })
    const right = withClient(await authority.issue({ hosts: ['posthorn.example'] }))
    const wrong = withClient(await other.issue({ hosts: ['posthorn.example'] }))
    const words: string[] = []
    for (const shown of [right, wrong, profile, right]) {
      words.push((await sender.send(requestTo(url, { profile: shown }))).outcome.word)
    }
    expect(words).toEqual(['http.2xx', closed, 'tls.failed', 'http.2xx'])
  })

  test('is shown none by subscriptions that have none', async () => {
    const shown: boolean[] = []
    const url = await openServer({ ...options, rejectUnauthorized: false }, (socket) => {
      shown.push(Object.keys(socket.getPeerCertificate()).length > 0)
    })
    const sender = openSender({ network: trusting })
    const client = withClient(await authority.issue())
    for (const used of [client, profile, client, profile]) {
      await sender.send(requestTo(url, { profile: used }))
    }
    expect(shown).toEqual([true, false, true, false])
  })

  test('is not dialled again and again with a key that cannot be read, and the key is not told', async () => {
    const url = await openServer(options)
    const client = { certificate: authority.cert, key: 'planted-key' }
    const record = await openSender({ network: trusting }).send(
      requestTo(url, { profile: { verifiesCertificates: true, client } }),
    )
    expect(record.outcome).toMatchObject({ kind: 'unanswered', word: 'tls.failed' })
    expect(inspect(record, { depth: 9 })).not.toContain('planted-key')
  })
})

test('no TLS session is taken up again, by the same profile or by another', async () => {
  const reused: boolean[] = []
  const url = await openServer({ maxVersion: 'TLSv1.2' }, (socket) => {
    reused.push(socket.isSessionReused())
  })
  const sender = openSender({ network: trusting })
  for (const verifiesCertificates of [true, true, false, true]) {
    await sender.send(requestTo(url, { profile: { verifiesCertificates } }))
  }
  expect(reused).toEqual([false, false, false, false])
})

describe('a profile', () => {
  test('has a key of its own, which tells nothing of its certificates', async () => {
    const client = { certificate: 'a certificate', key: 'planted-key' }
    const profiles: SecurityProfile[] = [
      profile,
      { verifiesCertificates: false },
      { ...profile, client },
      { verifiesCertificates: false, client },
      { ...profile, client: { ...client, key: 'another key' } },
      { ...profile, client: { ...client, certificate: 'another certificate' } },
    ]
    const keys = profiles.map(toProfileKey)
    expect(new Set(keys).size).toBe(profiles.length)
    expect(profiles.map(toProfileKey)).toEqual(keys)
    expect(keys.join()).not.toMatch(/planted|certificate/)
  })

  test('has a context of its own', async () => {
    const contexts = createSecureContexts(trusting.trust)
    const client = withClient(await authority.issue())
    const made = [profile, { verifiesCertificates: false }, client].map((one) => contexts.get(one))
    expect(new Set(made).size).toBe(3)
    expect(contexts.get({ ...client })).toBe(made[2])
    expect(inspect(contexts, { depth: 20, showHidden: true })).not.toContain('PRIVATE KEY')
  })
})

test('a self-signed certificate is trusted if it is its own authority', async () => {
  const certificate = await createSelfSignedCertificate()
  await using receiver = await createReceiver({ certificate })
  const network = resolveNetwork({ tls: { ca: certificate.cert } })
  expect((await openSender({ network }).send(requestTo(receiver.url))).outcome.word).toBe('http.2xx')
})

const { key } = await authority.issue()

describe('TLS options are refused', () => {
  test.for<[string, unknown, string]>([
    ['an older version', { minVersion: 'TLSv1.1' }, 'tls.minVersion'],
    ['a version that is a number', { minVersion: 1.2 }, 'tls.minVersion'],
    ['an authority that is no text', { ca: 7 }, 'tls.ca'],
    ['an empty authority', { ca: '' }, 'tls.ca'],
    ['a broken certificate', { ca: authority.cert.replace(/[A-Za-z]{20}/, '') }, 'tls.ca'],
    ['one broken certificate of two', { ca: [authority.cert, 'planted'] }, 'tls.ca'],
    ['a private key, which is not told', { ca: key }, 'tls.ca'],
    ['what is not known', { rejectUnauthorized: false }, 'tls.rejectUnauthorized'],
  ])('%s', ([, tls, field]) => {
    expect(() => resolveNetwork({ tls: tls as never })).toThrow(
      expect.toSatisfy(
        (error) =>
          error instanceof InvalidInputError &&
          error.field === field &&
          !error.message.includes(key.slice(60, 90)),
      ),
    )
  })
})
