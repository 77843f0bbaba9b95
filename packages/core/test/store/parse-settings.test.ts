import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../src/store/parse-settings.ts'

const earlier = {
  title: 'CI',
  url: 'https://ci.example.com/',
  dialect: 'bitbucket-cloud',
  variant: 'default',
  skipCertificateVerification: false,
  signing: { legacy: null },
}
const full = {
  ...earlier,
  signing: {
    legacy: 'clear:a',
    standard: [
      { sealed: 'clear:b', validUntil: 5 },
      { sealed: 'c', validUntil: null },
    ],
  },
  headers: { names: ['X-Token'], sealed: 'clear:[]' },
  auth: { shown: { type: 'basic', username: 'ci' }, sealed: 'clear:d' },
  tls: { certificate: 'e', sealed: 'clear:f' },
}

test.for([
  earlier,
  full,
  { ...earlier, headers: null, auth: null, tls: null, filter: null },
  { ...full, filter: { branches: ['main'], actions: ['created'] } },
  { ...full, auth: { shown: { type: 'bearer' }, sealed: 'x' }, ofANewerRelease: { a: 1 } },
])('what was stored is given back as it is: %#', (settings) => {
  expect(parseSettings(settings)).toBe(settings)
})

describe('what was never stored is not taken for settings', () => {
  const members = Object.keys(full).filter((name) => name !== 'title')
  test.for([...members, 'title'])('without a right %s', (name) => {
    for (const value of [7, 'x', [], [7], {}, { sealed: 7 }, true]) {
      const isText = typeof value === 'string' && ['title', 'url', 'dialect', 'variant'].includes(name)
      const isFlag = typeof value === 'boolean' && name === 'skipCertificateVerification'
      const expected = isText || isFlag ? expect.anything() : null
      expect(parseSettings({ ...full, [name]: value })).toEqual(expected)
    }
  })

  test.for([
    { legacy: 7 },
    { legacy: null, standard: null },
    { legacy: null, standard: [{ sealed: 'a' }] },
    { legacy: null, standard: [{ sealed: 'a', validUntil: '5' }] },
  ])('with the keys %o', (signing) => {
    expect(parseSettings({ ...full, signing })).toBeNull()
  })

  test.for([7, [], { branches: 'main' }, { branches: [7] }, { paths: ['['] }, { refs: ['main'] }])(
    'with the filter %o',
    (filter) => {
      expect(parseSettings({ ...full, filter })).toBeNull()
    },
  )

  test('in anything else', () => {
    fc.assert(fc.property(fc.anything(), (value) => parseSettings(value) === null))
  })
})
