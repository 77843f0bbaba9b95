import fc from 'fast-check'
import { Headers as UndiciHeaders } from 'undici'
import { describe, expect, test } from 'vitest'
import { createStandardWebhooksSecret } from '../../src/signing/create-standard-webhooks-secret.ts'
import { signBody } from '../../src/signing/sign-body.ts'
import { signStandardWebhook } from '../../src/signing/sign-standard-webhook.ts'
import { type VerifySignatureOptions, verifySignature } from '../../src/signing/verify-signature.ts'

/** Published by GitHub, "Validating webhook deliveries". */
const github = {
  secret: "It's a Secret to Everybody",
  body: 'Hello, World!',
  signature: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
}

/** Of the test suite of Standard Webhooks. */
const standard = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const at = Number(standard.timestamp) * 1_000

describe('the signature of a dialect', () => {
  const { secret, body, signature } = github
  const verify = (fields: object) =>
    verifySignature({ body, headers: { 'x-hub-signature': signature }, secret, ...fields })

  test('is that of the published vector', () => {
    expect(signBody(secret, new TextEncoder().encode(body))).toBe(signature)
    expect(verify({})).toBe(true)
    expect(verify({ body: Buffer.from(body) })).toBe(true)
  })

  test.for([
    { 'X-Hub-Signature': signature },
    { 'X-HUB-SIGNATURE': [signature] },
    new Headers({ 'X-Hub-Signature': signature }),
    Object.assign(Object.create(null), { 'x-hub-signature': signature, 'x-other': undefined }),
    new UndiciHeaders({ 'X-Hub-Signature': signature }),
    new Map([['x-hub-signature', signature]]),
    [['X-Hub-Signature', signature]],
    { get: (name: string) => (name.toLowerCase() === 'x-hub-signature' ? signature : null) },
  ])('is found whatever the capitals and the kind of headers: %o', (headers) => {
    expect(verify({ headers })).toBe(true)
  })

  test('is found in another header if that is named', () => {
    const headers = { 'x-hub-signature-256': signature }
    expect(verify({ headers })).toBe(false)
    expect(verify({ headers, signatureHeader: 'X-Hub-Signature-256' })).toBe(true)
  })

  test('may be that of any of several secrets', () => {
    expect(verify({ secret: ['another', secret] })).toBe(true)
    expect(verify({ secret: ['another', 'third'] })).toBe(false)
  })

  test('covers Unicode in body and secret as UTF-8', () => {
    const headers = { 'x-hub-signature': signBody('schlüssel 🔑', Buffer.from('{"a":"ö"}')) }
    expect(verifySignature({ body: '{"a":"ö"}', headers, secret: 'schlüssel 🔑' })).toBe(true)
  })

  test.for([
    {},
    { 'x-hub-signature': '' },
    { 'x-hub-signature': 'sha256=' },
    { 'x-hub-signature': signature.slice(0, -1) },
    { 'x-hub-signature': `${signature}0` },
    { 'x-hub-signature': `${signature.slice(0, -1)}8` },
    { 'x-hub-signature': signature.replace('sha256', 'sha1') },
    { 'x-hub-signature': signature.replace('sha256=', '') },
    { 'x-hub-signature': `${signature}, ${signature}` },
    { 'x-hub-signature': [signature, signature] },
    { 'x-hub-signature': [] },
    { 'x-hub-signature': signature, 'X-Hub-Signature': signature },
    { 'x-hub-signature': 7 },
    { 'x-hub-signature': { toString: () => signature } },
    { 'x-hub-signature': '\ud800'.repeat(71) },
    Object.create({ 'x-hub-signature': signature }),
    JSON.parse(`{ "__proto__": { "x-hub-signature": "${signature}" } }`),
    null,
    undefined,
    signature,
    [
      ['x-hub-signature', signature],
      ['X-Hub-Signature', signature],
    ],
    ['x-hub-signature', signature],
    [null, 'x-hub-signature', ['x-hub-signature']],
    new UndiciHeaders([
      ['x-hub-signature', signature],
      ['x-hub-signature', signature],
    ]),
    { get: signature },
    { get: () => undefined },
  ])('is not there or not right in %o', (headers) => {
    expect(verify({ headers })).toBe(false)
  })

  const fail = (): never => {
    throw new Error('no')
  }
  test.for([
    ['a method that throws', { get: fail }],
    ['a proxy that throws', new Proxy({}, { get: fail, has: fail, ownKeys: fail })],
    ['an iterator that throws', { [Symbol.iterator]: fail }],
    ['a member that throws', Object.defineProperty({}, 'x-hub-signature', { enumerable: true, get: fail })],
  ] as const)('is not there in %s', ([, headers]) => {
    expect(verify({ headers })).toBe(false)
  })

  test.for([null, undefined, {}, [], 7, new ArrayBuffer(13), 'hello, world!', ''])(
    'is not that of the body %o',
    (other) => expect(verify({ body: other })).toBe(false),
  )
})

describe('the signature of Standard Webhooks', () => {
  const { secret, id, timestamp, body, signature } = standard
  const right = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
  const verify = (headers: object, fields: Partial<VerifySignatureOptions> = {}) =>
    verifySignature({
      body,
      headers: { ...right, ...headers },
      standardWebhooks: { secret },
      now: () => at,
      ...fields,
    })

  test('is that of the published vector', () => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(signStandardWebhook(key, { id, timestamp, body: Buffer.from(body) })).toBe(signature)
    expect(verify({})).toBe(true)
  })

  test('may be any of those in the header, for any of the secrets', () => {
    const old = createStandardWebhooksSecret()
    const other = `v1,${'A'.repeat(43)}=`
    expect(verify({ 'webhook-signature': `${other} v1a,xyz ${signature}` })).toBe(true)
    expect(verify({}, { standardWebhooks: { secret: [old, secret] } })).toBe(true)
    expect(verify({}, { standardWebhooks: { secret: [old] } })).toBe(false)
    expect(verify({ 'webhook-signature': other })).toBe(false)
  })

  test.for([
    [0, true],
    [300_000, true],
    [300_001, false],
    [-300_000, true],
    [-300_001, false],
    [Number.NaN, false],
  ] as const)('holds within five minutes: %i ms later is %o', ([later, expected]) => {
    expect(verify({}, { now: () => at + later })).toBe(expected)
  })

  test('holds as long as it is told to', () => {
    const standardWebhooks = { secret, toleranceMs: 1_000 }
    expect(verify({}, { standardWebhooks, now: () => at + 1_000 })).toBe(true)
    expect(verify({}, { standardWebhooks, now: () => at + 1_001 })).toBe(false)
  })

  test('cannot be moved from the body to the id', () => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = signStandardWebhook(key, { id: 'a', timestamp, body: `${timestamp}.rest` })
    const headers = { 'webhook-id': `a.${timestamp}`, 'webhook-signature': signed }
    expect(verify(headers, { body: 'rest' })).toBe(false)
    expect(verify({ ...headers, 'webhook-id': 'a' }, { body: `${timestamp}.rest` })).toBe(true)
  })

  test.for([
    { 'webhook-id': undefined },
    { 'webhook-id': '' },
    { 'webhook-id': [id, id] },
    { 'webhook-id': `${id}x` },
    { 'webhook-timestamp': undefined },
    { 'webhook-timestamp': '' },
    { 'webhook-timestamp': `${timestamp} ` },
    { 'webhook-timestamp': `${timestamp}.0` },
    { 'webhook-timestamp': '0x60380b72' },
    { 'webhook-timestamp': '-1' },
    { 'webhook-timestamp': '9'.repeat(400) },
    { 'webhook-timestamp': 'NaN' },
    { 'webhook-signature': undefined },
    { 'webhook-signature': '' },
    { 'webhook-signature': signature.replace('v1', 'v2') },
    { 'webhook-signature': signature.slice(3) },
    { 'webhook-signature': signature.slice(0, -1) },
    { 'webhook-signature': `${signature}=` },
    { 'webhook-signature': ' '.repeat(100_000) },
    { 'webhook-signature': `${'v1,x '.repeat(20)}${signature}` },
  ])('is not right with %o', (headers) => expect(verify(headers)).toBe(false))
})

test('with both kinds of secrets both signatures have to be right', () => {
  const { secret, id, timestamp, body, signature } = standard
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
    'x-hub-signature': signBody('own', body),
  }
  const options = { body, headers, standardWebhooks: { secret }, now: () => at }
  expect(verifySignature({ ...options, secret: 'own' })).toBe(true)
  expect(verifySignature({ ...options, secret: 'other' })).toBe(false)
  expect(verifySignature({ ...options, secret: 'own', body: 'x' })).toBe(false)
})

test.for([
  [{}, 'secret'],
  [{ secret: '' }, 'secret'],
  [{ secret: [] }, 'secret'],
  [{ secret: ['hunter2', ''] }, 'secret'],
  [{ secret: null }, 'secret'],
  [{ secret: 'hunter2', signatureHeader: 'a b' }, 'signatureHeader'],
  [{ standardWebhooks: { secret: 'hunter2' } }, 'standardWebhooks.secret'],
  [{ standardWebhooks: {} }, 'standardWebhooks.secret'],
  [{ standardWebhooks: { secret: standard.secret, toleranceMs: -1 } }, 'standardWebhooks.toleranceMs'],
  [{ secret: 'hunter2', now: 7 }, 'now'],
  [{ secret: 'hunter2', secrets: [] }, 'secrets'],
] as const)('a receiver without proper secrets hears of it: %o', ([options, field]) => {
  const call = () => verifySignature({ body: '', headers: {}, ...options } as never)
  expect(call).toThrow(expect.objectContaining({ field, code: expect.stringMatching(/^option\./) }))
  expect(call).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }))
})

describe('of whatever comes', () => {
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true })
  const name = fc.constantFrom('x-hub-signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature')

  test('nothing makes it throw, and nothing is right by chance', () => {
    const headers = fc.oneof(anything, fc.dictionary(name, fc.oneof(fc.string({ unit: 'binary' }), anything)))
    fc.assert(
      fc.property(anything, headers, (body, given) => {
        const options = {
          body,
          headers: given,
          secret: 'key',
          standardWebhooks: { secret: standard.secret },
        } as never
        expect(verifySignature(options)).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  test('what was signed is right, and what differs in one bit is not', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(bytes, fc.string({ minLength: 1 }), fc.nat(), fc.uuid(), (body, secret, place, id) => {
        const whsec = createStandardWebhooksSecret()
        const key = Buffer.from(whsec.slice('whsec_'.length), 'base64')
        const headers = {
          'x-hub-signature': signBody(secret, body),
          'webhook-id': id,
          'webhook-timestamp': standard.timestamp,
          'webhook-signature': signStandardWebhook(key, { id, timestamp: standard.timestamp, body }),
        }
        const changed = body.map((byte, index) => (index === place % body.length ? byte ^ 1 : byte))
        for (const own of [{ secret }, { standardWebhooks: { secret: whsec } }]) {
          expect(verifySignature({ body, headers, now: () => at, ...own })).toBe(true)
          expect(verifySignature({ body: changed, headers, now: () => at, ...own })).toBe(false)
        }
      }),
    )
  })
})

test('a generated secret has 32 bytes, and no two are equal', () => {
  const secrets = Array.from({ length: 100 }, createStandardWebhooksSecret)
  expect(new Set(secrets).size).toBe(100)
  for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
})
