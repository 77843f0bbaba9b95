import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listUrlSecrets, redact } from '../src/redact.ts'

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
