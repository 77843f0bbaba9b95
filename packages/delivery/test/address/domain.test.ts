import { expect, test } from 'vitest'
import { toDomain } from '../../src/address/domain.ts'

test.for([
  ['ci.example.com', 'example.com'],
  ['a.b.c.example.com', 'example.com'],
  ['example.com', 'example.com'],
  ['ci.example.co.uk', 'example.co.uk'],
  ['example.co.uk', 'example.co.uk'],
  ['ci.example.com.au', 'example.com.au'],
  ['ci.example.io', 'example.io'],
  ['hooks.t.co', 't.co'],
  ['localhost', 'localhost'],
] as const)('the domain of %s is %s', ([host, domain]) => {
  expect(toDomain(host)).toBe(domain)
})
