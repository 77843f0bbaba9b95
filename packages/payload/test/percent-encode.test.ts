import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentEncodePath, percentEncodeSegment } from '../src/percent-encode.ts'

test.for([
  ['feature/example', 'feature/example', 'feature%2Fexample'],
  ['a#b%25+c&d=e', 'a%23b%2525%2Bc%26d%3De', 'a%23b%2525%2Bc%26d%3De'],
  ["!'()*", '%21%27%28%29%2A', '%21%27%28%29%2A'],
  ['-._~', '-._~', '-._~'],
  ['\u0085\u2028', '%C2%85%E2%80%A8', '%C2%85%E2%80%A8'],
  ['é\ud800', '%C3%A9%EF%BF%BD', '%C3%A9%EF%BF%BD'],
])('%j is %s in a path and %s in a segment', ([text = '', path, segment]) => {
  expect([percentEncodePath(text), percentEncodeSegment(text)]).toEqual([path, segment])
})

test('Decoding gives back what was encoded, in a path and in a query', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeURIComponent(percentEncodePath(text))).toBe(text)
      const url = new URL(`https://git.example.com/?q=${percentEncodePath(text)}`)
      expect(url.searchParams.get('q')).toBe(text)
    }),
  )
})
