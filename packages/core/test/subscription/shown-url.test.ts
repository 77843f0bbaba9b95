import { expect, test } from 'vitest'
import { toShownUrl } from '../../src/subscription/shown-url.ts'

test('a URL is shown as its origin and a short hash of its path', () => {
  const shown = toShownUrl(new URL('https://user:word@ci.example.com:8443/hooks/T0KEN?key=S3CRET'))
  expect(shown).toMatch(/^https:\/\/ci\.example\.com:8443#[0-9a-f]{8}$/)
  expect(toShownUrl(new URL('https://ci.example.com:8443/hooks/T0KEN'))).toBe(shown)
  expect(toShownUrl(new URL('https://ci.example.com:8443/hooks/OTHER'))).not.toBe(shown)
})
