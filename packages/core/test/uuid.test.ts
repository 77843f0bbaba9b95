import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createUuidV5, createUuidV7, isUuid, parseUuid, toUuid } from '../src/uuid.ts'
import { thrownBy } from './samples/thrown-by.ts'

const dnsNamespace = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
const uuid = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001'

describe('parseUuid', () => {
  test.for([uuid, uuid.toUpperCase(), `{${uuid}}`, `{${uuid.toUpperCase()}}`])('normalises %s', (spelling) =>
    expect(parseUuid(spelling, 'id')).toBe(uuid),
  )

  test.for([
    [''],
    [`{${uuid}`],
    [`${uuid}}`],
    [`{${uuid})`],
    [`{{${uuid}}}`],
    [` ${uuid}`],
    [`${uuid}\n`],
    [uuid.replaceAll('-', '')],
    [`urn:uuid:${uuid}`],
    [uuid.replace('0', 'g')],
    [uuid.replace('0', '０')],
    [11],
    [11n],
    [null],
    [undefined],
    [[uuid]],
    [{ toString: () => uuid }],
    [() => uuid],
  ])('refuses %o', ([value]) => {
    const error = thrownBy(() => parseUuid(value, 'subject.id'))
    expect(error).toMatchObject({ code: 'subject.invalid', field: 'subject.id' })
    expect(error.message).toContain('`subject.id`')
  })

  test('quotes only the beginning of a long text', () => {
    expect(thrownBy(() => parseUuid('{'.repeat(10_000_000), 'id')).message.length).toBeLessThan(250)
  })
})

describe('createUuidV5', () => {
  // The first is the example of RFC 9562, appendix A.4; the others were made with uuid.uuid5 of Python.
  test.for([
    ['www.example.com', dnsNamespace, '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    ['python.org', dnsNamespace, '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    ['http://www.example.com/', undefined, 'fcde3c85-2270-590f-9e7c-ee003d65e0e2'],
  ] as const)('gives %s in %s the UUID %s', ([name, namespace, expected]) => {
    expect(createUuidV5(name, namespace)).toBe(expected)
  })
})

describe('toUuid', () => {
  test('never changes: this one was made once with another implementation', () => {
    expect(toUuid('https://git.example.com', 'repository', 11)).toBe('2131558f-707e-5604-a02c-8d1b9ab84cd6')
  })

  test('does not mind slashes at the end of the site, nor whether the number is a bigint', () => {
    expect(toUuid('https://git.example.com//', 'repository', 11n)).toBe(
      toUuid('https://git.example.com', 'repository', 11),
    )
  })

  test('tells sites, types and numbers apart', () => {
    const uuids = [
      toUuid('https://a.example', 'user', 1),
      toUuid('https://b.example', 'user', 1),
      toUuid('https://a.example', 'repository', 1),
      toUuid('https://a.example', 'user', 2),
    ]
    expect(new Set(uuids).size).toBe(uuids.length)
  })

  test.for([Number.NaN, 1.5, 2 ** 53, Number.POSITIVE_INFINITY])(
    'refuses %d, which names no entity',
    (id) => {
      expect(thrownBy(() => toUuid('https://a.example', 'user', id)).code).toBe('subject.invalid')
    },
  )
})

describe('createUuidV7', () => {
  test('holds the time, the version and the variant where RFC 9562 puts them', () => {
    const made = createUuidV7(0x017f_22e2_79b0)
    expect(made).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(isUuid(made)).toBe(true)
  })

  test('sorts by time', () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [first, second] = [one, other].map((now) => createUuidV7(now).slice(0, 13))
        expect(String(first) <= String(second)).toBe(one <= other)
      }),
    )
  })

  test('does not repeat itself within one ms', () => {
    const made = Array.from({ length: 1_000 }, () => createUuidV7(1))
    expect(new Set(made).size).toBe(made.length)
  })

  test.for([Number.NaN, -1, Number.POSITIVE_INFINITY, 1.5])('makes a UUID of a clock that says %d', (now) => {
    expect(isUuid(createUuidV7(now))).toBe(true)
  })
})
