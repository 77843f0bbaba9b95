import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWebhookUrl } from '../../src/subscription/webhook-url.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const origin = 'https://ci.example.com/'

describe('a URL of the right form', () => {
  test.for([
    ['https://ci.example.com/hook?token=a%20b&x=@y', 'https://ci.example.com/hook?token=a%20b&x=@y'],
    ['HTTPS://CI.Example.com', 'https://ci.example.com/'],
    ['http://ci.example.com:8080', 'http://ci.example.com:8080/'],
    ['http://ci.example.com:/', 'http://ci.example.com/'],
    ['http://ci.example.com:0/', 'http://ci.example.com:0/'],
    ['http://ci.example.com//other.example/', 'http://ci.example.com//other.example/'],
    ['http://ci.example.com/%0d%0a%00', 'http://ci.example.com/%0d%0a%00'],
    ['http://ci.example.com/ü', 'http://ci.example.com/%C3%BC'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
    ['http://127.0.0.1?@good.example', 'http://127.0.0.1/?@good.example'],
    ['http://ci.example.com/a/./b/%2e%2E/c', 'http://ci.example.com/a/c'],
    [`http://ci.example.com/"<>?'"<>`, 'http://ci.example.com/%22%3C%3E?%27%22%3C%3E'],
    ['http://ci.example.com/%41%7e?%41+b&&c=%2F', 'http://ci.example.com/%41%7e?%41+b&&c=%2F'],
  ] as const)('keeps its text and is parsed: %s', ([text, href]) => {
    const url = parseWebhookUrl(text)
    expect(url.text).toBe(text)
    expect(url.target.href).toBe(href)
  })

  // Whether these may be reached is for the address policy, which judges what they turn into.
  test.for([
    ['http://127.1/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://017700000001/', '127.0.0.1'],
    ['http://127.0.0.1./', '127.0.0.1'],
    ['http://127.0.0.1%2e/', '127.0.0.1'],
    ['http://%31%32%37.0.0.1/', '127.0.0.1'],
    ['http://１２７.０.０.１/', '127.0.0.1'],
    ['http://127。0。0。1/', '127.0.0.1'],
    ['http://0/', '0.0.0.0'],
    ['http://1.2.3/', '1.2.0.3'],
    ['http://2852039166/', '169.254.169.254'],
    ['http://[0:0:0:0:0:0:0:1]/', '[::1]'],
    ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]'],
    ['http://LOCALHOST./', 'localhost.'],
    ['http://ⓛocalhost/', 'localhost'],
    ['http://good.example./', 'good.example.'],
    ['http://exa_mple.com/', 'exa_mple.com'],
  ] as const)('has the host that will be judged: %s → %s', ([text, hostname]) => {
    expect(parseWebhookUrl(text).target.hostname).toBe(hostname)
  })

  test('may be 2,048 characters long', () => {
    expect(parseWebhookUrl(origin.padEnd(2_048, 'x')).text).toHaveLength(2_048)
  })
})

describe('a URL of the wrong form', () => {
  test.for([
    ['http:127.0.0.1', 'two slashes'],
    ['http:/127.0.0.1', 'two slashes'],
    ['http:///127.0.0.1', 'two slashes'],
    ['http:////127.0.0.1', 'two slashes'],
    ['http:\\\\127.0.0.1', 'backslash'],
    ['http://good.example\\@127.0.0.1/', 'backslash'],
    ['http://good.example/a\\b', 'backslash'],
    ['http://good.example/?a\\b', 'backslash'],
    ['\thttp://127.0.0.1', 'control'],
    ['http://127.0.\n0.1', 'control'],
    ['http://127.0.0.1/\r\nX-Evil: 1', 'control'],
    ['http://127.0.0.1/\0', 'control'],
    ['ht\ttp://127.0.0.1/', 'control'],
    ['http://127.0.0.1/\u007f', 'control'],
    [' http://127.0.0.1', 'spaces'],
    ['http://127.0.0.1/ ', 'spaces'],
    ['http://127.0.0.1/a\u00a0b', 'spaces'],
    ['http://127.0.0.1/a\u2028b', 'spaces'],
    ['\ufeffhttp://127.0.0.1/', 'invisible'],
    ['http://loca\u00adlhost/', 'invisible'],
    ['http://good.example/\u202egpj', 'invisible'],
    ['http://good.example/\ud800', 'invisible'],
    ['http://good.example/\udc00x', 'invisible'],
    ['http://user@good.example/', 'credentials'],
    ['http://user:pass@good.example/', 'credentials'],
    ['http://:pass@good.example/', 'credentials'],
    ['http://@good.example/', 'credentials'],
    ['http://:@good.example/', 'credentials'],
    ['http://good.example:80@127.0.0.1/', 'credentials'],
    ['http://127.1.1.1:80@@127.2.2.2/', 'credentials'],
    ['http://127.1.1.1:80#@good.example/', 'fragment'],
    ['http://good.example#@127.0.0.1/', 'fragment'],
    ['http://good.example/#top', 'fragment'],
    ['http://good.example/#', 'fragment'],
    ['http://good.example/?#', 'fragment'],
    ['http://256.0.0.1/', 'absolute URL'],
    ['http://1.2.3.4.5/', 'absolute URL'],
    ['http://[127.0.0.1]/', 'absolute URL'],
    ['http://[fe80::1%25eth0]/', 'absolute URL'],
    ['http://good.example:65536/', 'absolute URL'],
    ['http://good.example:80%20/', 'absolute URL'],
    ['http://good.example%00/', 'absolute URL'],
    ['http://exa%0ample.com/', 'absolute URL'],
    ['http://x..y/', 'one dot between'],
    ['http://good.example../', 'one dot between'],
    ['http://good.example.../', 'one dot between'],
    ['http://good.example%2e%2e/', 'one dot between'],
    ['http://good.example\u3002\u3002/', 'one dot between'],
    ['http://127.0.0.1../', 'one dot between'],
    ['http://0x7f.1../', 'one dot between'],
    ['http://169.254.169.254%2e%2e/', 'one dot between'],
    ['http://localhost../', 'one dot between'],
    ['http://.good.example/', 'one dot between'],
    ['http://./', 'one dot between'],
    ['http://../', 'one dot between'],
    ['http://', 'absolute URL'],
    ['http://?x', 'absolute URL'],
    ['https://:80/', 'absolute URL'],
    ['', 'absolute URL'],
    ['/hook', 'absolute URL'],
    ['//good.example/hook', 'absolute URL'],
    ['good.example/hook', 'absolute URL'],
    ['good.example:8080/hook', 'http:// or https://, got something else'],
    ['file:///etc/passwd', 'http:// or https://, got one that begins with file:'],
    ['ftp://good.example/', 'http:// or https://'],
    ['gopher://good.example/', 'http:// or https://'],
    ['data:text/plain,x', 'http:// or https://'],
    ['blob:https://good.example/1', 'http:// or https://'],
    ['javascript:alert(1)', 'http:// or https://'],
    ['ws://good.example/', 'http:// or https://'],
    ['unix:/var/run/docker.sock', 'http:// or https://'],
    ['http+unix://%2Fvar%2Frun%2Fdocker.sock/', 'http:// or https://'],
    [origin.padEnd(2_049, 'x'), 'up to 2048 characters, got 2049'],
    [origin.padEnd(2_000, 'ü'), 'once percent-encoded'],
  ] as const)('is refused: %j, because of its %s', ([text, rule]) => {
    const error = thrownBy(() => parseWebhookUrl(text))
    expect(error).toMatchObject({ code: 'subscription.url-invalid', field: 'url' })
    expect(error.message).toContain('`url`')
    expect(error.message).toContain(rule)
  })

  test.for([
    undefined,
    null,
    42,
    [origin],
    new URL(origin),
    { toString: () => origin },
    () => origin,
    Symbol('url'),
  ])('is refused when it is no string: %o', (value) => {
    expect(thrownBy(() => parseWebhookUrl(value)).code).toBe('subscription.url-invalid')
  })

  test.for([
    'http://hunter2:hunter2@good.example/hunter2?hunter2',
    'http://hunter2@good.example:99999/hunter2?hunter2',
    'hunter2:hunter2@good.example',
    'ftp://hunter2@good.example/hunter2?hunter2#hunter2',
    'http://[bad/hunter2?hunter2',
    'http://good.example/hunter2?hunter2#hunter2',
    'http:/good.example/hunter2',
    'http://good.example/hunter2 hunter2',
    'http://good.example/hunter2\\',
    'hunter2',
    `http://good.example/${'hunter2'.repeat(1_000)}`,
  ])('is refused without a word of its user, path or query: %s', (text) => {
    const error = thrownBy(() => parseWebhookUrl(text))
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(
      'hunter2',
    )
  })
})

describe('any text', () => {
  const part = fc.oneof(
    fc.constantFrom('http', 'https', ':', '/', '\\', '@', '#', '?', '.', '%', '[', ']', '\t', '\n', '\0'),
    fc.constantFrom('127.0.0.1', 'good.example', '::1', '%0a', '\ud800', '\u00ad', ' '),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  )
  const texts = fc
    .tuple(
      fc.constantFrom('', 'http://', 'https://', 'http://good.example/'),
      fc.array(part, { maxLength: 12 }),
    )
    .map(([start, parts]) => start + parts.join(''))

  test('is refused, or has a host, no credentials, no fragment and one reading', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let url: ReturnType<typeof parseWebhookUrl>
        try {
          url = parseWebhookUrl(text)
        } catch (error) {
          expect(error).toHaveProperty('code', 'subscription.url-invalid')
          return
        }
        const { target } = url
        expect(['http:', 'https:']).toContain(target.protocol)
        expect(target.hostname).not.toBe('')
        expect(target.hostname.replace(/\.$/, '').split('.')).not.toContain('')
        expect(target.username + target.password + target.hash).toBe('')
        expect(new URL(target.href).href).toBe(target.href)
        expect(text.slice(target.protocol.length).startsWith('//')).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
