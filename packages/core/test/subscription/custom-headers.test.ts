import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHeadersOfDialects, parseHeaders } from '../../src/subscription/custom-headers.ts'
import { narrow, signing } from '../samples/sample-dialects.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const secret = 'hunter2-hunter2'

function pairs(input: unknown): unknown {
  const change = parseHeaders(input)
  return change.kind === 'set' ? change.value : change.kind
}

describe('headers that are taken', () => {
  test.for([
    [{ 'X-Token': 'abc' }, [['X-Token', 'abc']]],
    [
      { b: '2', a: '1' },
      [
        ['b', '2'],
        ['a', '1'],
      ],
    ],
    [{ "!#$%&'*+-.^_`|~09azAZ": '!~' }, [["!#$%&'*+-.^_`|~09azAZ", '!~']]],
    [{ 'X-Words': 'one two  three' }, [['X-Words', 'one two  three']]],
    [{ ['x'.repeat(128)]: 'y'.repeat(4_096) }, [['x'.repeat(128), 'y'.repeat(4_096)]]],
    [Object.assign(Object.create(null), { 'X-A': '1' }), [['X-A', '1']]],
  ] as const)('in the order given: %o', ([input, expected]) => {
    expect(pairs(input)).toEqual(expected)
  })

  test('are 20 at most', () => {
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, 'v']))
    expect(pairs(headers(20))).toHaveLength(20)
    expect(thrownBy(() => parseHeaders(headers(21)))).toMatchObject({
      code: 'subscription.headers-invalid',
      field: 'headers',
    })
  })

  test.for([null, {}])('are removed with %o', (input) => expect(pairs(input)).toBe('remove'))
})

describe('names that are refused', () => {
  test.for([
    'Host',
    'hOST',
    'Content-Length',
    'Transfer-Encoding',
    'Expect',
    'Date',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'HTTP2-Settings',
    'Content-Type',
    'Content-Encoding',
    'Content-Range',
    'Content-Transfer-Encoding',
    'Accept-Encoding',
    'Authorization',
    'AUTHORIZATION',
    'Cookie',
    'Cookie2',
    'Set-Cookie',
    'Set-Cookie2',
    'Forwarded',
    'X-Real-IP',
    'Via',
    'X-HTTP-Method',
    'X-HTTP-Method-Override',
    'X-Method-Override',
    'X-Original-URL',
    'X-Rewrite-URL',
    'webhook-id',
    'Webhook-Timestamp',
    'webhook-signature',
    'Proxy-Authorization',
    'Proxy-Connection',
    'proxy-x',
    'X-Forwarded-For',
    'x-forwarded-host',
    'X-Posthorn-Depth',
    'x-posthorn-anything',
    'Prototype',
    'constructor',
    'toString',
    'toLocaleString',
    'valueOf',
    'hasOwnProperty',
    'isPrototypeOf',
    'propertyIsEnumerable',
    '__defineGetter__',
    '__defineSetter__',
    '__lookupGetter__',
    '__lookupSetter__',
    // CGI and WSGI read these as if they were written with hyphens.
    'Content_Length',
    'Transfer_Encoding',
    'transfer_Encoding',
    'X_Forwarded-For',
    'X_FORWARDED_FOR',
    'Proxy_Authorization',
    'X_Posthorn_Depth',
    'webhook_signature',
    'X_Real_IP',
  ])('%s, with the name and the reason, and without the value', (name) => {
    const error = thrownBy(() => parseHeaders({ 'X-Fine': '1', [name]: secret }))
    expect(error).toMatchObject({ code: 'subscription.headers-invalid', field: `headers.${name}` })
    expect(error.message).toContain(`without ${name}: `)
    expect(error.message).not.toContain(secret)
  })

  test('__proto__ as JSON gives it', () => {
    const error = thrownBy(() => parseHeaders(JSON.parse(`{ "__proto__": "${secret}" }`)))
    expect(error.field).toBe('headers.__proto__')
  })

  test.for([
    '',
    ' ',
    'X Token',
    'X-Token ',
    ' X-Token',
    'X-Token:',
    'X-Token\r\nX-Other',
    'X-Token\n',
    'X-T\0ken',
    'X-Tök',
    'X-\u010A',
    'X(Token)',
    'X"Token"',
    'X/Token',
    'X@Token',
    '標頭',
    'x'.repeat(129),
  ])('%j, without being shown: it may be a whole line', (name) => {
    const error = thrownBy(() => parseHeaders({ [`${name}`]: 'v' }))
    expect(error).toMatchObject({ code: 'subscription.headers-invalid', field: 'headers' })
    expect(error.message).toContain('header 1')
  })

  test('a whole line as a name does not get into the error', () => {
    const error = thrownBy(() => parseHeaders({ 'X-A': 'v', [`Authorization: Bearer ${secret}`]: '' }))
    expect(error.message).toContain('header 2')
    expect(error.message).not.toContain(secret)
  })

  test.for(['x-tOKEN', 'X_Token'])('one that comes twice, as X-Token and as %s', (name) => {
    const error = thrownBy(() => parseHeaders({ 'X-Token': secret, [name]: secret }))
    expect(error).toMatchObject({ code: 'subscription.headers-invalid', field: `headers.${name}` })
    expect(error.message).not.toContain(secret)
  })
})

describe('values that are refused', () => {
  test.for([
    '',
    ' ',
    ` ${secret}`,
    `${secret} `,
    `\t${secret}`,
    `a\t${secret}`,
    `${secret}\r\nX-Other: 1`,
    `${secret}\n`,
    `${secret}\r`,
    `${secret}\r\n folded`,
    `${secret}\0`,
    `${secret}\x7f`,
    `${secret}é`,
    `${secret}\u010A`,
    `${secret}鍵`,
    `${secret}\ud800`,
    secret.repeat(1_000),
    7,
    null,
    undefined,
    true,
    [secret],
    { [secret]: secret },
  ])('%o, with the name of the header and not the value', (value) => {
    const error = thrownBy(() => parseHeaders({ 'X-Token': value }))
    expect(error).toMatchObject({ code: 'subscription.headers-invalid', field: 'headers.X-Token' })
    expect(error.message).toContain('X-Token')
    expect(error.message).not.toContain(secret)
  })

  test('all of them together, when they are longer than 8,192 characters', () => {
    const value = 'v'.repeat(4_000)
    expect(parseHeaders({ 'X-1': value, 'X-2': value }).kind).toBe('set')
    expect(thrownBy(() => parseHeaders({ 'X-1': value, 'X-2': value, 'X-3': value })).field).toBe('headers')
  })
})

test.for([7, 'X-A: 1', [['X-A', '1']], new Map([['X-A', '1']]), new Headers({ 'X-A': '1' })])(
  'headers that are no plain object are refused: %o',
  (input) => expect(thrownBy(() => parseHeaders(input)).field).toBe('headers'),
)

test('headers that throw when they are read are refused', () => {
  const input = {
    get 'X-A'() {
      throw new Error('not today')
    },
  }
  expect(thrownBy(() => parseHeaders(input)).code).toBe('subscription.invalid')
})

describe('what a dialect sets is not for a subscription to set', () => {
  const own = { ...signing, headers: () => [['User-Agent', 'a'] as const, ['X-Event-Key', 'b'] as const] }
  const other = { ...narrow, headers: () => [['X-Other-Key', 'c'] as const] }

  test.for([
    ['User-Agent', signing.name],
    ['user-agent', signing.name],
    ['X-Event-Key', signing.name],
    ['X_Event_Key', signing.name],
    ['x-hub-signature', signing.name],
    ['X_Hub_Signature', signing.name],
    ['X-Other-Key', narrow.name],
    ['x_other_key', narrow.name],
  ] as const)('%s of %s', ([name, dialect]) => {
    const error = thrownBy(() => checkHeadersOfDialects(['X-Fine', name], [own, other]))
    expect(error).toMatchObject({ code: 'subscription.headers-invalid', field: `headers.${name}` })
    expect(error.message).toContain(`without ${name}: ${dialect} sets it`)
  })

  test('other names are free', () => {
    expect(checkHeadersOfDialects(['X-Fine', 'X-Hub'], [own, other])).toBeUndefined()
  })
})

describe('of whatever is given', () => {
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[!-~]{1,12}$/))
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme-ascii' }),
    fc.anything({ withNullPrototype: true }),
  )

  test('what is taken is safe to send, and what is refused is never shown', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 4 }), (entries) => {
        try {
          const change = parseHeaders(Object.fromEntries(entries))
          if (change.kind !== 'set') return
          for (const [key, text] of change.value) {
            expect(key).toMatch(/^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/)
            expect(text).toMatch(/^[!-~]([ -~]*[!-~])?$/)
            // Node's own client is the second opinion.
            expect(() => new Headers([[key, text]])).not.toThrow()
          }
          const compared = change.value.map(([key]) => key.toLowerCase().replaceAll('_', '-'))
          expect(new Set(compared).size).toBe(compared.length)
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^subscription\.(headers-)?invalid$/))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('no value of more than a few characters is in an error', () => {
    const long = fc.string({ unit: 'binary', minLength: 12 }).filter((text) => text.trim().length >= 12)
    fc.assert(
      fc.property(name, long, (key, text) => {
        try {
          parseHeaders({ [key]: text })
        } catch (error) {
          expect(String(error)).not.toContain(text)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
