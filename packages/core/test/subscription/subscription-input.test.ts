import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CurrentSubscription,
  parseSubscriptionDraft,
  parseSubscriptionPatch,
} from '../../src/subscription/subscription-input.ts'
import { parseWebhookUrl } from '../../src/subscription/webhook-url.ts'
import { dialects, narrow, signing } from '../samples/sample-dialects.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const id = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0c001'
const url = 'https://ci.example.com/hook'
const draft = { subject: { type: 'repository', id }, url }

const current: CurrentSubscription = {
  subject: { type: 'repository', id },
  title: 'CI',
  url: parseWebhookUrl(url),
  events: ['repo:push', 'repo:fork'],
  dialect: signing,
  active: false,
  skipCertificateVerification: true,
  hasSecret: true,
  headerNames: ['X-Token'],
  order: 'repository',
  filter: { branches: ['main'], actions: ['created'] },
}
const keep = { kind: 'keep' }
const { hasSecret: _, headerNames: __, ...stays } = current
const unchanged = { ...stays, secret: keep, standardWebhooks: keep, headers: keep, auth: keep, tls: keep }
const removed = { kind: 'remove' }

const create = (input: unknown) => parseSubscriptionDraft(input, dialects)
const update = (patch: unknown, from = current) => parseSubscriptionPatch(patch, from, dialects)

/** Fields with what is wrong with them, for drafts and patches alike; the code is `subscription.invalid` unless given. */
const refusals: readonly (readonly [field: string, value: unknown, rule: string, code?: string])[] = [
  ['title', null, 'a string, got null'],
  ['title', 7, 'a string, got 7'],
  ['title', 'x'.repeat(256), 'up to 255 characters, got 256'],
  ['title', 'x'.repeat(1_000_000), 'up to 255 characters, got 1000000'],
  ['title', 'a\nb', 'one line'],
  ['title', 'a\u2028b', 'one line'],
  ['title', 'a\0', 'control characters'],
  ['title', '\ud83d', 'halves of characters'],
  ['url', null, 'a string, got null', 'subscription.url-invalid'],
  ['url', 'ci.example.com', 'absolute URL', 'subscription.url-invalid'],
  ['events', null, 'an array, got null', 'subscription.events-invalid'],
  ['events', 'repo:push', 'an array, got a string', 'subscription.events-invalid'],
  ['events', { 0: 'repo:push', length: 1 }, 'an array, got an object', 'subscription.events-invalid'],
  ['events', [], 'at least one event, got none', 'subscription.events-invalid'],
  [
    'events',
    ['repo:push', 'repo:push'],
    'each event once, got repo:push twice',
    'subscription.events-invalid',
  ],
  [
    'events',
    ['repo:pull'],
    '`events[0]` to be an event key such as repo:push, got a string',
    'subscription.events-invalid',
  ],
  ['events', ['host'], 'got a string', 'subscription.events-invalid'],
  ['events', ['__proto__'], 'got a string', 'subscription.events-invalid'],
  ['events', ['constructor'], 'got a string', 'subscription.events-invalid'],
  ['events', ['repo:push', null], 'got null', 'subscription.events-invalid'],
  ['events', Array.from({ length: 1 }), 'got undefined', 'subscription.events-invalid'],
  ['events', [['repo:push']], 'got an array', 'subscription.events-invalid'],
  [
    'dialect',
    null,
    'one of bitbucket-cloud, bitbucket-server-post-receive, got null',
    'subscription.dialect-unknown',
  ],
  ['dialect', 'github', 'got a string', 'subscription.dialect-unknown'],
  ['dialect', '__proto__', 'got a string', 'subscription.dialect-unknown'],
  ['dialect', signing, 'got an object', 'subscription.dialect-unknown'],
  ['active', null, 'true or false, got null'],
  ['active', 'true', 'true or false, got a string'],
  ['active', 1, 'true or false, got 1'],
  ['active', Number.NaN, 'true or false, got NaN'],
  ['skipCertificateVerification', null, 'true or false, got null'],
  ['skipCertificateVerification', 0, 'true or false, got 0'],
  ['secret', '', '1 to 128 characters, got 0. Use null for none'],
  ['secret', 'x'.repeat(129), '1 to 128 characters, got 129'],
  ['secret', 42, 'a string or null, got a number'],
  ['secret', false, 'a string or null, got a boolean'],
  ['secret', ['x'], 'a string or null, got an array'],
  ['secret', 'a\0b', 'without NUL'],
  ['secret', 'a\ud800', 'Unicode text'],
  ['order', null, 'none or repository, got null'],
  ['order', 'branch', 'none or repository, got a string'],
  ['filter', 'main', 'a plain object, got a string'],
  ['filter', ['main'], 'a plain object, got an array'],
  ['id', 'x', 'Known: '],
  ['toString', () => '', 'Known: '],
]

test.for(['x\ny', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])(
  'a field that may be a secret is not named: %j',
  (name) => {
    const error = thrownBy(() => create({ ...draft, [name]: 1 }))
    expect(error).toMatchObject({ code: 'subscription.invalid', field: 'subscription' })
    expect(error.message).not.toContain(name)
  },
)

describe('a new subscription', () => {
  test('has the documented defaults', () => {
    expect(create(draft)).toEqual({
      subject: { type: 'repository', id },
      title: '',
      url: parseWebhookUrl(url),
      events: ['repo:push'],
      dialect: signing,
      active: true,
      skipCertificateVerification: false,
      secret: removed,
      standardWebhooks: removed,
      headers: removed,
      auth: removed,
      tls: removed,
      order: 'none',
      filter: null,
    })
  })

  test.for([
    'title',
    'events',
    'dialect',
    'active',
    'skipCertificateVerification',
    'secret',
    'order',
    'filter',
  ])('has the default of %s also when it is undefined', (field) =>
    expect(create({ ...draft, [field]: undefined })).toEqual(create(draft)),
  )

  test('has what was asked for', () => {
    const asked = {
      subject: { type: 'workspace', id },
      title: 'x'.repeat(255),
      url: 'http://ci.example.com:8080/?a=b',
      events: ['issue:created', 'repo:push'],
      dialect: 'bitbucket-cloud',
      active: false,
      skipCertificateVerification: true,
      secret: 'x'.repeat(128),
      order: 'repository',
      filter: { branches: ['main', 'release/**'], tags: ['!*-rc*'], actions: ['forced'], paths: ['docs/**'] },
    }
    expect(create(asked)).toEqual({
      ...asked,
      url: parseWebhookUrl(asked.url),
      dialect: signing,
      secret: { kind: 'set', value: asked.secret },
      standardWebhooks: removed,
      headers: removed,
      auth: removed,
      tls: removed,
    })
  })

  test('counts characters as people do', () => {
    expect(create({ ...draft, secret: '🔑'.repeat(128), title: '🔔'.repeat(255) }).secret.kind).toBe('set')
    expect(thrownBy(() => create({ ...draft, secret: '🔑'.repeat(129) })).message).toContain('got 129')
  })

  test('has no secret with null', () => {
    expect(create({ ...draft, secret: null }).secret).toEqual({ kind: 'remove' })
  })

  test.for(refusals)(
    'is refused with %s being %o: %s',
    ([field, value, rule, code = 'subscription.invalid']) => {
      const error = thrownBy(() => create({ ...draft, [field]: value }))
      expect(error).toMatchObject({ code, field })
      expect(error.message).toContain(rule)
    },
  )

  test.for([
    [{ url }, 'subject'],
    [{ ...draft, subject: null }, 'subject'],
    [{ ...draft, subject: { type: 'repository', id: 11 } }, 'subject.id'],
    [{ subject: draft.subject }, 'url'],
  ] as const)('is refused without subject or url: %o', ([input, field]) => {
    expect(thrownBy(() => create(input)).field).toBe(field)
  })

  test('may take every one of the 29 events', () => {
    expect(create({ ...draft, events: [...signing.rules.eventKeys] }).events).toHaveLength(29)
  })

  test('keeps its own copy of the events', () => {
    const events = ['repo:push']
    const created = create({ ...draft, events })
    events.push('repo:fork')
    expect(created.events).toEqual(['repo:push'])
  })
})

describe('a changed subscription', () => {
  test.for([
    {},
    { title: undefined, secret: undefined },
    { title: 'CI' },
    { active: false, order: 'repository' },
  ])('stays as it is with %o', (patch) => expect(update(patch)).toEqual(unchanged))

  test.for([
    [{ title: '' }, { title: '' }],
    [{ url: 'http://b.example/' }, { url: parseWebhookUrl('http://b.example/') }],
    [{ events: ['repo:push'] }, { events: ['repo:push'] }],
    [{ active: true }, { active: true }],
    [{ skipCertificateVerification: false }, { skipCertificateVerification: false }],
    [{ secret: null }, { secret: removed }],
    [{ standardWebhooks: null }, { standardWebhooks: removed }],
    [{ headers: {} }, { headers: removed }],
    [{ headers: null }, { headers: removed }],
    [{ headers: { 'X-A': '1' } }, { headers: { kind: 'set', value: [['X-A', '1']] } }],
    [{ auth: null }, { auth: removed }],
    [{ tls: null }, { tls: removed }],
    [{ secret: 'new' }, { secret: { kind: 'set', value: 'new' } }],
    [{ order: 'none' }, { order: 'none' }],
    [{ filter: null }, { filter: null }],
    [{ filter: {} }, { filter: null }],
    [{ filter: { paths: ['docs/**'] } }, { filter: { paths: ['docs/**'] } }],
  ] as const)('with %o differs in nothing else', ([patch, expected]) => {
    expect(update(patch)).toEqual({ ...unchanged, ...expected })
  })

  test.for(refusals)(
    'is refused with %s being %o: %s',
    ([field, value, rule, code = 'subscription.invalid']) => {
      const error = thrownBy(() => update({ [field]: value }))
      expect(error).toMatchObject({ code, field })
      expect(error.message).toContain(rule)
    },
  )

  test('cannot change its subject, not even to the same', () => {
    const error = thrownBy(() => update({ subject: current.subject }))
    expect(error).toMatchObject({ code: 'subscription.invalid', field: 'subject' })
    expect(error.message).toContain('cannot change')
  })

  test('keeps what an older version let in and this one would not', () => {
    const old = { ...current, title: 'x'.repeat(300) }
    expect(update({ active: true }, old).title).toHaveLength(300)
  })
})

describe('a dialect that carries only pushes of repositories, unsigned', () => {
  const dialect = narrow.name
  const pushOnly: CurrentSubscription = { ...current, events: ['repo:push'] }

  test('takes a subscription that fits it', () => {
    expect(create({ ...draft, dialect }).dialect).toBe(narrow)
    expect(update({ dialect }, { ...pushOnly, hasSecret: false }).dialect).toBe(narrow)
    expect(update({ dialect, secret: null, events: ['repo:push'] }).dialect).toBe(narrow)
  })

  test.for([
    [() => create({ ...draft, dialect, secret: 'hunter2' }), 'secret'],
    [() => create({ ...draft, dialect, events: ['repo:push', 'repo:fork'] }), 'events'],
    [() => create({ ...draft, dialect, subject: { type: 'workspace', id } }), 'subject.type'],
    [() => create({ ...draft, dialect, subject: { type: 'project', id } }), 'subject.type'],
    [() => update({ dialect }, pushOnly), 'secret'],
    [() => update({ dialect, secret: 'hunter2' }, pushOnly), 'secret'],
    [() => update({ dialect, secret: null }), 'events'],
    [() => update({ dialect }, { ...pushOnly, subject: { type: 'workspace', id } }), 'subject.type'],
    [() => update({ secret: 'hunter2' }, { ...pushOnly, hasSecret: false, dialect: narrow }), 'secret'],
    [() => update({ events: ['repo:fork'] }, { ...pushOnly, hasSecret: false, dialect: narrow }), 'events'],
  ] as const)('refuses what does not fit: %s', ([call, field]) => {
    const error = thrownBy(call)
    expect(error.field).toBe(field)
    expect(error.message).toContain(narrow.name)
    expect(error.message).not.toContain('hunter2')
  })
})

describe('input that is no plain object', () => {
  class Draft {
    subject = draft.subject
    url = url
  }
  const own = Object.assign(() => '', draft)

  test.for([
    null,
    undefined,
    'x',
    7,
    [],
    [draft],
    own,
    new Draft(),
    new Map(Object.entries(draft)),
    new Date(0),
  ])('is refused, so that no update is lost in silence: %o', (input) => {
    for (const parse of [create, update]) {
      expect(thrownBy(() => parse(input))).toMatchObject({
        code: 'subscription.invalid',
        field: 'subscription',
      })
    }
  })

  test('is no object without a prototype: that one is plain', () => {
    expect(create(Object.assign(Object.create(null), draft))).toEqual(create(draft))
  })
})

describe('hostile input', () => {
  test.for(['__proto__', 'constructor', 'prototype'])('with a field %s is refused', (field) => {
    const input: unknown = JSON.parse(`{ "${field}": { "active": false }, ${JSON.stringify(draft).slice(1)}`)
    expect(thrownBy(() => create(input)).field).toBe(field)
    expect(thrownBy(() => update(JSON.parse(`{ "${field}": {} }`))).field).toBe(field)
  })

  test('has no say through what it inherits', () => {
    const input = Object.assign(Object.create(Object.create(null, { secret: { value: 'x' } })), draft)
    expect(create(input).secret).toEqual({ kind: 'remove' })
  })

  test('is read once, so that what was checked is what is used', () => {
    const urls = [url, 'http://169.254.169.254/']
    const parsed = create({
      ...draft,
      get url() {
        return urls.shift()
      },
    })
    expect(parsed.url.text).toBe(url)
  })

  test('that throws when it is read is refused', () => {
    const cause = new Error('not today')
    const input = {
      ...draft,
      get title() {
        throw cause
      },
    }
    expect(thrownBy(() => create(input))).toMatchObject({ code: 'subscription.invalid', cause })
  })

  test('never has its secret in the error', () => {
    const secrets = ['hunter2\0', `hunter2${'x'.repeat(200)}`, 'hunter2\ud800', ['hunter2'], { hunter2: 1 }]
    for (const secret of secrets) {
      const error = thrownBy(() => create({ ...draft, secret }))
      expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('hunter2')
    }
  })

  test('of any shape gives a subscription or a refusal', () => {
    const field = fc.constantFrom(...Object.keys(create(draft)))
    const value = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true })
    fc.assert(
      fc.property(field, value, (name, member) => {
        for (const call of [() => create({ ...draft, [name]: member }), () => update({ [name]: member })]) {
          try {
            expect(call()).toHaveProperty('url')
          } catch (error) {
            expect(error).toHaveProperty('code', expect.stringMatching(/^(subscription|subject)\./))
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
