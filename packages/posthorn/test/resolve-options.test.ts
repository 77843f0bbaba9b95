import { defaultSchedule } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import { createEmitter, type EmitterOptions } from '../src/index.ts'
import { resolveOptions } from '../src/resolve-options.ts'

const site = { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' }

test('everything but the site has a default', () => {
  const options = resolveOptions({ site })
  expect(options).toMatchObject({
    site,
    deadlineMs: 10_000,
    role: 'both',
    lanes: { perLane: 10, total: 100, ratePerLane: null },
    schedule: defaultSchedule,
    keepAlive: true,
  })
  expect([...options.dialects.keys()]).toEqual(['bitbucket-cloud', 'bitbucket-server-post-receive'])
})

test('slashes at the end of the site are dropped, since links begin with one', () => {
  const options = resolveOptions({
    site: { htmlUrl: 'https://git.example.com/', apiUrl: 'https://git.example.com/api//' },
  })
  expect(options.site).toEqual({ htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/api' })
})

test('a cap is laid over those of its dialect', () => {
  const { caps } = resolveOptions({ site, caps: { 'bitbucket-cloud': { maxCommits: 3 } } })
  expect(caps.get('bitbucket-cloud')).toEqual({ maxBodyBytes: 256_000, maxCommits: 3, maxChanges: 0 })
})

test('a lone delivery runs its whole schedule before its failures open the breaker', () => {
  const failureCount = (delayCount: number) =>
    resolveOptions({ site, retry: { delaysMs: Array.from({ length: delayCount }, () => 0) } }).breaker
      .failureCount
  expect([1, 8, 9, 10, 40].map(failureCount)).toEqual([10, 10, 10, 11, 41])
  expect(resolveOptions({ site, breaker: { failureCount: 2 } }).breaker.failureCount).toBe(2)
})

describe('options are refused with the name and the rule', () => {
  const refused: readonly (readonly [title: string, options: unknown, field: string])[] = [
    ['no site', {}, 'site'],
    ['a site that is no URL', { site: { htmlUrl: 'git.example.com', apiUrl: site.apiUrl } }, 'site.htmlUrl'],
    [
      'a site with a query',
      { site: { htmlUrl: site.htmlUrl, apiUrl: 'https://git.example.com/?a=1' } },
      'site.apiUrl',
    ],
    ['a deadline of 0', { site, deadlineMs: 0 }, 'deadlineMs'],
    ['a deadline that is not a number', { site, deadlineMs: '10' }, 'deadlineMs'],
    ['an unknown role', { site, role: 'worker' }, 'role'],
    [
      'a first wait beyond the longest',
      { site, breaker: { initialWaitMs: 10, maxWaitMs: 5 } },
      'breaker.initialWaitMs',
    ],
    ['no slot per lane', { site, concurrency: { perLane: 0 } }, 'concurrency.perLane'],
    ['half a slot', { site, concurrency: { total: 0.5 } }, 'concurrency.total'],
    ['no dialect', { site, dialects: [] }, 'dialects'],
    ['caps of an unknown dialect', { site, caps: { gopher: {} } }, 'caps.gopher'],
    [
      'an unknown cap',
      { site, caps: { 'bitbucket-cloud': { maxWords: 1 } } },
      'caps.bitbucket-cloud.maxWords',
    ],
    ['a schedule without delays', { site, retry: { delaysMs: [] } }, 'retry.delaysMs'],
    ['an unknown schedule', { site, retry: 'often' }, 'retry'],
    ['a negative bound of the breaker', { site, breaker: { failureCount: -1 } }, 'breaker.failureCount'],
    ['an unknown retention', { site, retention: { forever: 1 } }, 'retention.forever'],
    ['a jitter over 1', { site, breaker: { jitter: 5 } }, 'breaker.jitter'],
    ['housekeeping without a pause', { site, retention: { everyMs: 0 } }, 'retention.everyMs'],
    [
      'half a commit',
      { site, caps: { 'bitbucket-cloud': { maxCommits: 2.5 } } },
      'caps.bitbucket-cloud.maxCommits',
    ],
    ['a misspelt concurrency', { site, concurrency: { perLan: 3 } }, 'concurrency.perLan'],
    ['a rate without a time', { site, ratePerLane: { count: 3 } }, 'ratePerLane.perMs'],
    ['an unknown resolver', { site, resolver: 'doh' }, 'resolver'],
    [
      'a proxy without its second key',
      { site, proxy: { url: 'http://127.0.0.1' } },
      'proxy.targetsResolvedByProxy',
    ],
    ['a proxy that is no URL', { site, proxy: { url: 'proxy', targetsResolvedByProxy: true } }, 'proxy.url'],
    [
      'names checked by us, yet resolved by a proxy',
      {
        site,
        proxy: { url: 'http://127.0.0.1', targetsResolvedByProxy: true },
        addresses: { checkNamesOnCreate: true },
      },
      'addresses.checkNamesOnCreate',
    ],
    [
      'a word for checkNamesOnCreate',
      { site, addresses: { checkNamesOnCreate: 'yes' } },
      'addresses.checkNamesOnCreate',
    ],
    [
      'a NAT64 prefix of another length',
      { site, addresses: { nat64Prefixes: ['fd64::/72'] } },
      'addresses.nat64Prefixes[0]',
    ],
    ['an old TLS', { site, tls: { minVersion: 'TLSv1' } }, 'tls.minVersion'],
    ['an authority that is none', { site, tls: { ca: 'x' } }, 'tls.ca'],
    ['a local address that is a name', { site, localAddress: 'localhost' }, 'localAddress'],
    ['a clock that cannot tell the time', { site, clock: {} }, 'clock'],
    ['a store that cannot be opened', { site, store: {} }, 'store'],
    ['a word for keepAlive', { site, keepAlive: 'no' }, 'keepAlive'],
    ['an unknown option', { site, retries: 3 }, 'retries'],
    ['an unknown link', { site: { ...site, links: { foo: () => '' } } }, 'site.links.foo'],
    ['a link that is a text', { site: { ...site, links: { commit: '/c' } } }, 'site.links.commit'],
    ['links that are none', { site: { ...site, links: 'https://git.example.com' } }, 'site.links'],
    [
      'an unknown member of encryption',
      { site, encryption: { encrypt: String, decrypt: String, keyId: 'a' } },
      'encryption.keyId',
    ],
    ['addresses in a Map', { site, addresses: new Map([['only', []]]) }, 'addresses'],
    ['addresses that are inherited', { site, addresses: Object.create({ only: [] }) as object }, 'addresses'],
    ['no addresses', { site, addresses: null }, 'addresses'],
    [
      'an unknown member of an entry',
      { site, addresses: { allow: [{ host: '*.corp.example', addresses: ['10.0.0.0/8'], port: 443 }] } },
      'addresses.allow[0].port',
    ],
    [
      'an unknown member of an entry that denies',
      { site, addresses: { deny: [{ host: '*.corp.example', addresses: ['10.0.0.0/8'], adresses: [] }] } },
      'addresses.deny[0].adresses',
    ],
    [
      'a bare name in the allow list',
      { site, addresses: { allow: ['ci.example.com'] } },
      'addresses.allow[0]',
    ],
  ]

  test.for(refused)('%s', async ([, options, field]) => {
    const creating = createEmitter(options as EmitterOptions)
    await expect(creating).rejects.toMatchObject({ field })
    await expect(creating).rejects.toThrow(field.split(/[.[]/).at(0))
  })
})

describe('a proxy that was revoked is refused', () => {
  const names = [
    'store',
    'encryption',
    'addresses',
    'retry',
    'concurrency',
    'dialects',
    'caps',
    'tls',
    'logger',
  ]

  test.for([...names, 'clock', 'keepAlive'])('as `%s`', async (name) => {
    const creating = createEmitter({ site, [name]: revoked({}) })
    await expect(creating).rejects.toMatchObject({ code: 'option.invalid', field: name })
  })

  test.for([
    ['site', { site: revoked({}) }],
    ['options', revoked({})],
    ['random', { site, random: revoked(() => {}) }],
    ['resolver', { site, resolver: revoked(() => {}) }],
    ['dialects', { site, dialects: [revoked({})] }],
    ['retry.delaysMs', { site, retry: { delaysMs: revoked([]) } }],
  ] as const)('where `%s` is due', async ([field, options]) => {
    await expect(createEmitter(options as EmitterOptions)).rejects.toMatchObject({
      code: 'option.invalid',
      field,
    })
  })

  function revoked(target: object): object {
    const { proxy, revoke } = Proxy.revocable(target, {})
    revoke()
    return proxy
  }
})

test('encryption may be an instance of a class with members of its own', () => {
  class Keys {
    readonly keyId = 'a'
    encrypt(text: string): string {
      return `${this.keyId}.${text}`
    }
    decrypt(text: string): string {
      return text.slice(2)
    }
  }
  expect(() => resolveOptions({ site, encryption: new Keys() })).not.toThrow()
})
