import { expect, test } from 'vitest'
import { parseStandardWebhooks, toStandardWebhooksKey } from '../../src/subscription/standard-webhooks.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const of = (count: number) => `whsec_${Buffer.alloc(count, 7).toString('base64')}`

test.for([24, 32, 64])('a secret of %i bytes is taken, and keeps the previous one for a day', (count) => {
  expect(toStandardWebhooksKey(of(count))).toHaveLength(count)
  expect(parseStandardWebhooks({ secret: of(count) })).toEqual({
    kind: 'set',
    value: { secret: of(count), keepPreviousMs: 86_400_000 },
  })
})

test.for([0, 1, 604_800_000])('the previous secret can be kept for %i ms', (keepPreviousMs) => {
  expect(parseStandardWebhooks({ secret: of(32), keepPreviousMs })).toMatchObject({
    value: { keepPreviousMs },
  })
})

test('there are none with null', () => expect(parseStandardWebhooks(null)).toEqual({ kind: 'remove' }))

const text = of(32).slice('whsec_'.length)

test.for([
  text,
  `WHSEC_${text}`,
  `whsec_${text.slice(0, -1)}`,
  `whsec_${text} `,
  `whsec_${text}\n`,
  `whsec_-_${text}`,
  `whsec_${text.replace(/.=$/, 'd=')}`,
  of(23),
  of(65),
  'whsec_',
  '',
  7,
  null,
])('a secret like %j is refused without being shown', (secret) => {
  const error = thrownBy(() => parseStandardWebhooks({ secret }))
  expect(error).toMatchObject({ code: 'subscription.invalid', field: 'standardWebhooks.secret' })
  expect(error.message).not.toContain(text.slice(0, 12))
})

test.for([-1, 1.5, 604_800_001, Number.NaN, Number.POSITIVE_INFINITY, '1', null])(
  'the previous secret cannot be kept for %o ms',
  (keepPreviousMs) => {
    const error = thrownBy(() => parseStandardWebhooks({ secret: of(32), keepPreviousMs }))
    expect(error.field).toBe('standardWebhooks.keepPreviousMs')
  },
)

test.for([of(32), [], { secret: of(32), secrets: [] }])('%o is no configuration', (input) => {
  expect(thrownBy(() => parseStandardWebhooks(input)).field).toBe('standardWebhooks')
})
