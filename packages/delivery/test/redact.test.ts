import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listUrlSecrets } from '../src/list-secrets.ts'
import { redact } from '../src/redact.ts'

describe('a text', () => {
  test.for([
    ['you sent S3CRET!', ['S3CRET'], 'you sent [redacted]!'],
    ['S3CRET S3CRET', ['S3CRET'], '[redacted] [redacted]'],
    ['Bearer S3CRET', ['S3CRET', 'Bearer S3CRET'], '[redacted]'],
    ['{"key":"a\\"S3CRET"}', ['a"S3CRET'], '{"key":"[redacted]"}'],
    ['nothing of it', ['S3CRET'], 'nothing of it'],
    ['a cat sat', ['a', 'at', ''], 'a cat sat'],
    ['cut in the middle of 0123456789', ['0123456789abcdef'], 'cut in the middle of [redacted]'],
    ['ends with 0123456', ['0123456789abcdef'], 'ends with 0123456'],
    ['costs $& and $1', ['costs'], '[redacted] $& and $1'],
  ] as const)('shows nothing of secrets: %o', ([text, secrets, expected]) => {
    expect(redact(text, secrets)).toBe(expected)
  })

  test('that holds a secret anywhere holds it no longer', () => {
    const secret = fc.string({ unit: 'binary', minLength: 6, maxLength: 30 })
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, hidden, after) => {
        fc.pre(!'[redacted]'.includes(hidden))
        const shown = redact(`${before}${hidden}${after}`, [hidden])
        expect(shown.split('[redacted]').some((part) => part.includes(hidden))).toBe(false)
      }),
    )
  })
})

/** How servers write what they repeat. */
const html = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
const php = (text: string) => JSON.stringify(text).replaceAll('/', '\\/')
const ascii = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
const jsInHtml = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[<>&'/]/g,
    (unit) => `\\u00${unit.charCodeAt(0).toString(16).toUpperCase()}`,
  )
const everyByte = (text: string) =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

const ways: readonly (readonly [how: string, write: (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['in JSON', (text) => JSON.stringify(text)],
  ['in JSON of PHP', php],
  ['in JSON of Python', ascii],
  ['in JSON within JSON', (text) => JSON.stringify(php(text))],
  ['in HTML', html],
  ['in JSON in HTML', (text) => html(php(text))],
  ['in a script in HTML', jsInHtml],
  [
    'with numeric entities',
    (text) => text.replaceAll(/[^\w]/gu, (unit) => `&#x${unit.codePointAt(0)?.toString(16)};`),
  ],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded in lower case', (text) => encodeURIComponent(text).toLowerCase()],
  ['percent-encoded to the last letter', everyByte],
  ['percent-encoded twice', (text) => encodeURIComponent(everyByte(text))],
  ['in a form', (text) => new URLSearchParams({ text }).toString()],
  ['in upper case', (text) => text.toUpperCase()],
  [
    'escaped for JavaScript',
    (text) =>
      text.replaceAll(/[^\w ]/g, (unit) => (unit < '\x7f' ? `\\x${unit.charCodeAt(0).toString(16)}` : unit)),
  ],
]

describe.for(ways)('a secret that is repeated %s', ([, write]) => {
  const secrets = [
    'pl4nted"he/ader&<val>',
    'pl4nted/pä<ss>"w',
    'sha256=0123456789abcdef',
    "it's+a/t0ken==",
    'C:\\new\\pl4nted',
  ]

  test.for(secrets)('is hidden: %j', (secret) => {
    expect(redact(`you sent: ${write(secret)} .`, [secret])).toMatch(
      /^you sent: (?:text=)?["\\]*(?:&quot;)?\[redacted\]["\\]*(?:&quot;)? \.$/,
    )
  })

  test('is hidden where the answer is cut', () => {
    const secret = 'pl4nted"/0123456789&<abc'
    const text = write(secret)
    for (let length = write(secret.slice(0, 8)).length + 3; length < text.length; length += 1) {
      const shown = redact(`x ${text.slice(0, length)}`, [secret])
      expect(shown.toLowerCase()).not.toContain('345')
    }
  })
})

test('what only looks like an encoding stays as it is', () => {
  const text = 'a 100% \\o/ &copy &bogus; %zz \\u12 &#99999999; + %ff'
  expect(redact(text, ['S3CRET'])).toBe(text)
  expect(redact(`${text} s3cr%45t ${text}`, ['S3CRET'])).toBe(`${text} [redacted] ${text}`)
})

test('whatever was encoded however often, what is left stands where it stood', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('%', '&', '\\', 'u', '0', 'a', 'F', ';', '#', 'x', '+', '/', ' ') }),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(part, fc.constantFrom(...ways), part, (before, [, write], after) => {
      const shown = redact(`${before}|${write('S3CRET/t0ken')}|${after}`, ['S3CRET/t0ken'])
      expect(shown.startsWith(`${before}|`) && shown.endsWith(`|${after}`)).toBe(true)
      expect(shown).toContain('[redacted]')
    }),
  )
})

test('of a URL the query, its values and the longer segments of the path are secret', () => {
  const secrets = listUrlSecrets(new URL('https://ci.example.com/hook/T%2F0KEN-IN-PATH?key=S3%20CRET&x=1'))
  expect(secrets).toEqual(
    expect.arrayContaining([
      'T%2F0KEN-IN-PATH',
      'T/0KEN-IN-PATH',
      'key=S3%20CRET&x=1',
      'S3%20CRET',
      'S3 CRET',
    ]),
  )
  expect(secrets).not.toContain('hook')
})

test('a URL with a broken escape has secrets all the same', () => {
  expect(listUrlSecrets(new URL('https://ci.example.com/?key=%E0%A4%A&b'))).toContain('%E0%A4%A')
})
