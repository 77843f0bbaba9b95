import type { OutcomeWord } from '@posthorn/core'
import { createAuthority, createSelfSignedCertificate } from '@posthorn/test-kit/certificates'
import { createReceiver, type Receiver, type ReceiverOptions } from '@posthorn/test-kit/receiver'
import {
  type Answer,
  closeWithoutAnswer,
  drippedBody,
  drippedHeaders,
  endlessBody,
  endlessHeaders,
  hang,
  interimFlood,
  reset,
} from '@posthorn/test-kit/receiver-answer'
import { createAddressPolicy } from '../../src/address/address-policy.ts'
import { resolveNetwork } from '../../src/send/network-options.ts'
import { createSender, type Sender } from '../../src/send/sender.ts'

/** A receiver that misbehaves in one way, and the words that an attempt at it may get. */
interface HostileTarget {
  readonly name: string
  readonly url: URL
  readonly words: readonly OutcomeWord[]
}

/** Receivers of every bad kind on loopback, and a sender for them. */
export interface HostileTargets {
  readonly sender: Sender
  readonly deadlineMs: number
  readonly targets: readonly HostileTarget[]
  close(): Promise<void>
}

/** What came of many attempts. */
export interface HostileResult {
  readonly wordsByTarget: Readonly<Record<string, ReadonlySet<OutcomeWord>>>
  /** Targets that got a word that is not theirs. */
  readonly unexpected: readonly string[]
  readonly longestMs: number
}

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`

function raw(bytes: string, end: 'hang' | 'close' | 'reset' = 'close'): Answer {
  return { kind: 'raw', bytes, end }
}

const answers: readonly (readonly [name: string, answer: Answer, ...words: OutcomeWord[]])[] = [
  ['hang', hang, 'timeout.total'],
  ['drip headers', drippedHeaders, 'timeout.total'],
  ['drip body', drippedBody, 'http.2xx'],
  ['endless body', endlessBody, 'http.2xx'],
  ['endless headers', endlessHeaders, 'answer.too-large'],
  ['endless interim answers', interimFlood, 'http.1xx'],
  ['endless extension', { kind: 'flood', head: `${chunked}1;a=`, chunk: 'b'.repeat(65_536) }, 'http.2xx'],
  ['endless zeros', { kind: 'flood', head: chunked, chunk: '0'.repeat(65_536) }, 'http.2xx'],
  ['endless lines', { kind: 'flood', head: '', chunk: '\r\n'.repeat(32_768) }, 'answer.too-large'],
  ['endless reason', { kind: 'flood', head: 'HTTP/1.1 200 ', chunk: 'b'.repeat(65_536) }, 'answer.too-large'],
  ['continue', raw(`HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 0\r\n\r\n`), 'http.2xx'],
  ['other protocol', raw('RTSP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'), 'answer.malformed'],
  ['reset', reset, 'answer.closed'],
  ['close', closeWithoutAnswer, 'answer.closed'],
  ['reset in the body', raw(`${ok}content-length: 9\r\n\r\nabc`, 'reset'), 'http.2xx', 'answer.closed'],
  ['short body', raw(`${ok}content-length: 9\r\n\r\nabc`), 'http.2xx'],
  ['two lengths', raw(`${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nab`), 'answer.malformed'],
  ['10,000 headers', raw(`${ok}${'a: b\r\n'.repeat(10_000)}\r\n`), 'answer.too-large'],
  ['garbage', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'answer.malformed'],
  [
    'switch',
    raw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', 'hang'),
    'http.1xx',
  ],
  ['redirect', { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1/' } }, 'http.3xx'],
  ['failing', { kind: 'status', status: 503, body: 'x'.repeat(10_000) }, 'http.5xx'],
  ['good', { kind: 'status', status: 200 }, 'http.2xx'],
]

/** Targets whose every attempt takes its whole deadline. */
const slowNames: ReadonlySet<string> = new Set([
  'hang',
  'drip headers',
  'drip body',
  'TLS and hang',
  'silent',
  'silent in TLS',
])

/** One attempt in this many is at any target; all others are at those that are not slow. */
const slowShare = 20

/** Attempts at a time. Receivers that pour without end share the processor with all others. */
const concurrency = 16

export async function openHostileTargets(deadlineMs: number): Promise<HostileTargets> {
  const receivers: Receiver[] = []
  const targets: HostileTarget[] = []
  const authority = await createAuthority()
  const other = await createAuthority()

  async function add(
    name: string,
    words: readonly OutcomeWord[],
    options: ReceiverOptions,
  ): Promise<Receiver> {
    const receiver = await createReceiver({ keepsRequests: false, ...options })
    receivers.push(receiver)
    targets.push({ name, words, url: new URL(receiver.url) })
    return receiver
  }

  for (const [name, answer, ...words] of answers) await add(name, words, { answers: () => answer })
  const trusted = { certificate: await authority.issue() }
  await add('TLS', ['http.2xx'], trusted)
  await add('TLS and close', ['answer.closed'], { ...trusted, answers: () => closeWithoutAnswer })
  await add('TLS and hang', ['timeout.total'], { ...trusted, answers: () => hang })
  await add('expired', ['tls.expired'], { certificate: await authority.issue({ validity: 'past' }) })
  await add('early', ['tls.not-yet-valid'], { certificate: await authority.issue({ validity: 'future' }) })
  await add('wrong host', ['tls.host-mismatch'], {
    certificate: await authority.issue({ hosts: ['a.example'] }),
  })
  await add('untrusted', ['tls.untrusted'], { certificate: await other.issue() })
  await add('self-signed', ['tls.self-signed'], { certificate: await createSelfSignedCertificate() })
  const silent = await add('silent', ['timeout.total'], { onConnection: 'silent' })
  const resetting = await add('reset at once', ['answer.closed', 'connect.reset'], { onConnection: 'reset' })
  targets.push(
    { name: 'silent in TLS', words: ['timeout.total'], url: new URL(`https://127.0.0.1:${silent.port}/`) },
    { name: 'reset in TLS', words: ['connect.reset'], url: new URL(`https://127.0.0.1:${resetting.port}/`) },
    {
      name: 'no TLS',
      words: ['tls.failed'],
      url: new URL(receivers[0]?.url.replace('http:', 'https:') ?? ''),
    },
    { name: 'blocked', words: ['target.blocked'], url: new URL('http://127.0.0.2:8080/') },
    { name: 'rebinding', words: ['target.blocked'], url: new URL('http://rebind.example/') },
    { name: 'unknown', words: ['dns.not-found'], url: new URL('http://unknown.example/') },
  )

  const closed = await createReceiver()
  await closed.close()
  targets.push({ name: 'closed port', words: ['connect.refused'], url: new URL(closed.url) })

  const sender = createSender({
    policy: createAddressPolicy({ allow: ['127.0.0.1/32'] }),
    network: resolveNetwork({ tls: { ca: authority.cert } }),
    resolver: (host) =>
      host === 'rebind.example'
        ? Promise.resolve(['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })))
        : Promise.reject(Object.assign(new Error('There is no such name.'), { code: 'ENOTFOUND' })),
  })
  return {
    sender,
    deadlineMs,
    targets,
    async close() {
      await sender.close()
      for (const receiver of receivers) await receiver.close()
    },
  }
}

/** Sends to all targets in turn. */
export async function sendAll(
  { sender, targets, deadlineMs }: HostileTargets,
  count: number,
): Promise<HostileResult> {
  const wordsByTarget: Record<string, Set<OutcomeWord>> = {}
  const unexpected = new Set<string>()
  const body = new TextEncoder().encode(JSON.stringify({ text: 'x'.repeat(2_000) }))
  const quick = targets.filter(({ name }) => !slowNames.has(name))
  let longestMs = 0
  let begun = 0

  async function work(): Promise<void> {
    while (begun < count) {
      const index = begun
      begun += 1
      const pool = index % slowShare === 0 ? targets : quick
      const target = pool[Math.floor(index / (index % slowShare === 0 ? slowShare : 1)) % pool.length]
      if (target === undefined) return
      const record = await sender.send({
        url: target.url,
        headers: [['Content-Type', 'application/json']],
        body,
        profile: { verifiesCertificates: true },
        deadlineMs,
      })
      const { word } = record.outcome
      const words = wordsByTarget[target.name] ?? new Set()
      wordsByTarget[target.name] = words.add(word)
      if (!target.words.includes(word)) unexpected.add(`${target.name}: ${word}`)
      longestMs = Math.max(longestMs, record.durationMs)
      if (index % 1_000 === 0) console.log(`hostile-receivers: ${index} of ${count} attempts begun`)
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work))
  return { wordsByTarget, unexpected: [...unexpected], longestMs }
}
