import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact } from '../src/redact.ts'
import { toAnswerExcerpt } from '../src/send/answer-excerpt.ts'

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
    ['you sent 0123456789\u{FFFD}', ['0123456789abcdef'], 'you sent [redacted]'],
    ['you sent 0123456789...', ['0123456789abcdef'], 'you sent [redacted]'],
    ['0123456789 is cut', ['0123456789abcdef'], '0123456789 is cut'],
    ['{"key":"0123456789"}', ['0123456789'], '{"key":"[redacted]"}'],
    ['0123456789abcdef0123456789', ['0123456789abcdef', '0123456789'], '[redacted]'],
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
/** As `repr` of Python writes text: short escapes for these three alone. */
const repr = (text: string) =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/\p{Cc}/gu, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)
const javaScript = (text: string) =>
  JSON.stringify(text).replaceAll('\\u000b', '\\v').replaceAll('\\u0000', '\\0')
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
  ['in JSON within JSON within JSON', (text) => JSON.stringify(JSON.stringify(php(text)))],
  ['in JSON of Python within JSON', (text) => JSON.stringify(ascii(text))],
  ['in JSON in upper case', (text) => JSON.stringify(text).toUpperCase()],
  ['in JSON, percent-encoded', (text) => encodeURIComponent(JSON.stringify(text)).replaceAll('%22', '"')],
  ['by repr() of Python', repr],
  ['in JavaScript', javaScript],
  ['in JavaScript within JSON', (text) => JSON.stringify(javaScript(text))],
  ['in HTML', html],
  ['in JSON in HTML', (text) => html(php(text))],
  ['in a script in HTML', jsInHtml],
  [
    'with numeric entities',
    (text) => text.replaceAll(/[^\w]/gu, (unit) => `&#x${unit.codePointAt(0)?.toString(16)};`),
  ],
  [
    'with numeric entities that nothing ends',
    (text) => Array.from(text, (unit) => `&#${unit.codePointAt(0)}`).join(''),
  ],
  [
    'with numeric entities that begin with zeros',
    (text) => text.replaceAll(/[^\w]/gu, (unit) => `&#${String(unit.codePointAt(0)).padStart(9, '0')};`),
  ],
  [
    'with hexadecimal entities that begin with zeros',
    (text) =>
      text.replaceAll(/[^\w]/gu, (unit) => `&#x${unit.codePointAt(0)?.toString(16).padStart(8, '0')};`),
  ],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded in lower case', (text) => encodeURIComponent(text).toLowerCase()],
  ['percent-encoded to the last letter', everyByte],
  ['percent-encoded twice', (text) => encodeURIComponent(everyByte(text))],
  ['in a form', (text) => new URLSearchParams({ text }).toString()],
  ['in upper case', (text) => text.toUpperCase()],
  [
    'escaped in code points',
    (text) => text.replaceAll(/[^\w]/gu, (unit) => `\\u{${unit.codePointAt(0)?.toString(16)}}`),
  ],
  [
    'escaped in code points that begin with zeros',
    (text) =>
      text.replaceAll(/[^\w]/gu, (unit) => `\\u{${unit.codePointAt(0)?.toString(16).padStart(8, '0')}}`),
  ],
  [
    'escaped in code points of Python',
    (text) =>
      text.replaceAll(/[^\w]/gu, (unit) => `\\U${unit.codePointAt(0)?.toString(16).padStart(8, '0')}`),
  ],
  [
    'as bytes of Python',
    (text) =>
      Array.from(Buffer.from(text), (byte) =>
        byte > 31 && byte < 127 && byte !== 92
          ? String.fromCharCode(byte)
          : `\\x${byte.toString(16).padStart(2, '0')}`,
      ).join(''),
  ],
  [
    'escaped by escape()',
    (text) =>
      text.replaceAll(/[^\w]/g, (unit) =>
        unit < '\u0100'
          ? `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`
          : `%u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  ],
  [
    'escaped for JavaScript',
    (text) =>
      text.replaceAll(/[^\w ]/g, (unit) =>
        unit < '\x7f' ? `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}` : unit,
      ),
  ],
]

describe.for(ways)('a secret that is repeated %s', ([, write]) => {
  const secrets = [
    'pl4nted"he/ader&<val>',
    'pl4nted/pä<ss>"w',
    'sha256=0123456789abcdef',
    "it's+a/t0ken==",
    'C:\\new\\pl4nted',
    'pl4nted with spaces + plus',
    'pl4nted \u{1F600} \u20AC',
    'pl4nted\u0007secret\u001B',
    'pl4nted\nsecond line',
    'pl4nted "kä/y"\r\n\tsecond\\nline\n',
    'pl4nted\b\fkey',
    'pl4nted\b\f\v\0\u0001\n"key"',
    'nrtbfv0\\nrtbfv0',
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

test('a secret that another encoding reaches into is hidden as it stands in JSON', () => {
  expect(redact('{"done":"100%41\\"bcdefg"}', ['41"bcdefg'])).toBe('{"done":"100%[redacted]"}')
})

test('a plain letter after a backslash that is no part of the secret stays one', () => {
  expect(redact('at C:\\NPL4NTED and \\npl4%6eted', ['npl4nted'])).toBe('at C:\\[redacted] and \\[redacted]')
})

test.for([
  ['pl4nted&\nbsp;key', 'pl4nted%26%0Absp;key'],
  ['pl4nted&\nbsp;key', 'pl4nted&\\\\nbsp;key'],
  ['pl4nted\b&\nbsp;key', 'pl4nted\\x08&\\nbsp;key'],
] as const)('what is left of an escape may seem an encoding, or not: %j', ([secret, text]) => {
  expect(redact(`no ${text} here`, [secret])).toBe('no [redacted] here')
})

test('encodings nested four deep are undone', () => {
  expect(redact('no pl4nted%2525252Fkey here', ['pl4nted/key'])).toBe('no [redacted] here')
})

test('a line that ends with the beginning of a secret breaks nothing off', () => {
  const text = 'no such page: /hooks-pro\n'
  expect(redact(text, ['/hooks-production'])).toBe(text)
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

test('the control characters of a secret are hidden as an excerpt shows them', () => {
  const secret = 'pl4nted\x07secret\nx'
  const shown = toAnswerExcerpt(Buffer.from(`expected ${secret} end`), 1_024) ?? ''
  expect(redact(shown, [secret])).toBe('expected [redacted] end')
})

/** Of the kind that are written alike in no two encodings. */
const units = fc.constantFrom(...Array.from('anZ09ä€ñ/ "&<+%\\\n\t\b\v\0\u{1F600}\u{10FFFF}\u0007'))
const oddSecret = fc.string({ unit: units, minLength: 4, maxLength: 12 })

test('nothing is left of a secret that the answer breaks off in, wherever in an encoding of it that is', () => {
  fc.assert(
    fc.property(oddSecret, oddSecret, fc.constantFrom(...ways), fc.nat(), (first, last, [, write], where) => {
      const secret = `pl4nted-${first}${last}z`
      const known = write(`pl4nted-${first}`).replace(/^text=|"$/g, '')
      const bytes = Buffer.from(write(secret).replace(/^text=/, ''))
      const length = Buffer.byteLength(known) + (where % Math.max(1, bytes.length - Buffer.byteLength(known)))
      const shown = redact(
        toAnswerExcerpt(Buffer.concat([Buffer.from('got '), bytes.subarray(0, length)]), 1_024) ?? '',
        [secret],
      )
      expect(shown).toMatch(/^got (?:["\\]|&quot;)*\[redacted\](?:["\\]|&q?u?o?t?;?)*$/)
    }),
    { numRuns: 1_000 },
  )
})

test('nothing is left of it where the excerpt ends within it either', () => {
  fc.assert(
    fc.property(oddSecret, oddSecret, fc.constantFrom(...ways), fc.nat(), (first, last, [, write], where) => {
      const secret = `pl4nted-${first}${last}z`
      const known = write(`pl4nted-${first}`).replace(/^text=|"$/g, '').length
      const text = write(secret).replace(/^text=/, '')
      const length = known + (where % Math.max(1, text.length - known))
      const shown = redact(toAnswerExcerpt(Buffer.from(`got ${text}`), 4 + length) ?? '', [secret])
      expect(shown).toMatch(/^got (?:["\\]|&quot;)*\[redacted\](?:["\\]|&q?u?o?t?;?)*$/)
    }),
    { numRuns: 1_000 },
  )
})
