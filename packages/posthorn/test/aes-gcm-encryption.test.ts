import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createAesGcmEncryption } from '../src/index.ts'

const old = randomBytes(32)
const current = randomBytes(32)
const before = createAesGcmEncryption({ keys: { '2025': old }, currentKeyId: '2025' })
const after = createAesGcmEncryption({ keys: { '2025': old, '2026': current }, currentKeyId: '2026' })

describe('AES-256-GCM', () => {
  test.for(['hunter2', '', '🔑'.repeat(1_000), '{"a":"b.c"}'])(
    'decrypts what it encrypted: %j',
    async (text) => {
      expect(await after.decrypt(await after.encrypt(text, 'place'), 'place')).toBe(text)
    },
  )

  test('names the key in what it gives, and gives something else each time', async () => {
    const [one, other] = [await after.encrypt('hunter2', 'place'), await after.encrypt('hunter2', 'place')]
    expect(one).toMatch(/^2026\.[\w-]+$/)
    expect(one).not.toBe(other)
    expect(one).not.toContain('hunter2')
  })

  test('goes on decrypting with a key that is no longer the current one, for as long as it is there', async () => {
    const sealed = await before.encrypt('hunter2', 'place')
    expect(await after.decrypt(sealed, 'place')).toBe('hunter2')
    const without = createAesGcmEncryption({ keys: { '2026': current }, currentKeyId: '2026' })
    expect(() => without.decrypt(sealed, 'place')).toThrow('there is no key 2025')
  })

  test('decrypts nothing for another place, nor what was changed by a bit anywhere', async () => {
    const sealed = await after.encrypt('hunter2', 'place')
    expect(() => after.decrypt(sealed, 'another place')).toThrow()
    const bytes = Buffer.from(sealed.slice('2026.'.length), 'base64url')
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(() => after.decrypt(`2026.${changed.toString('base64url')}`, 'place')).toThrow()
    }
  })

  test.for([
    '',
    '2026',
    '2026.',
    '2026.AAAA',
    `2026.${'A'.repeat(38)}`,
    'constructor.AAAA',
    '__proto__.AAAA',
  ])('refuses what is none: %j', (sealed) => expect(() => after.decrypt(sealed, 'place')).toThrow())
})

test.for([
  [{ keys: {}, currentKeyId: 'a' }, 'currentKeyId'],
  [{ keys: { a: old }, currentKeyId: 'b' }, 'currentKeyId'],
  [{ keys: { a: old }, currentKeyId: 'constructor' }, 'currentKeyId'],
  [{ keys: { a: old.subarray(1) }, currentKeyId: 'a' }, 'keys.a'],
  [{ keys: { a: old.toString('hex') }, currentKeyId: 'a' }, 'keys.a'],
  [{ keys: { 'a.b': old }, currentKeyId: 'a.b' }, 'keys'],
  [{ keys: [old], currentKeyId: '1' }, 'keys'],
  [{ keys: null, currentKeyId: 'a' }, 'keys'],
  [{ keys: { a: old }, currentKeyId: 'a', key: old }, 'key'],
] as const)('options are refused without a key being shown: %#', ([options, field]) => {
  try {
    createAesGcmEncryption(options as never)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ field })
    expect(inspect(error)).not.toContain(old.toString('hex').slice(0, 12))
  }
})

test('keys cannot be seen in it, nor changed from outside', async () => {
  const key = randomBytes(32)
  const encryption = createAesGcmEncryption({ keys: { key }, currentKeyId: 'key' })
  const sealed = await encryption.encrypt('hunter2', 'place')
  expect(inspect(encryption, { depth: 9, showHidden: true })).not.toContain(key.toString('hex').slice(0, 6))
  key.fill(0)
  expect(await encryption.decrypt(sealed, 'place')).toBe('hunter2')
})
