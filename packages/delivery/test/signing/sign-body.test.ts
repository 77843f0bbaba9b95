import { expect, test } from 'vitest'
import { signBody } from '../../src/signing/sign-body.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('the example that Bitbucket Cloud publishes is signed as published', () => {
  expect(signBody("It's a Secret to Everybody", bytesOf('Hello World!'))).toBe(
    'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
  )
})

test('the example that GitHub publishes is signed as published', () => {
  expect(signBody("It's a Secret to Everybody", bytesOf('Hello, World!'))).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  )
})

test('exactly the bytes of a view are signed, not the buffer around them', () => {
  const around = bytesOf('xxHello World!xx')
  expect(signBody('secret', around.subarray(2, 14))).toBe(signBody('secret', bytesOf('Hello World!')))
})

test('bytes that are not UTF-8 and a secret that is not ASCII count as they are', () => {
  const signatures = [
    signBody('schlüssel', new Uint8Array([0xff])),
    signBody('schlussel', new Uint8Array([0xff])),
    signBody('schlüssel', bytesOf('\u{FFFD}')),
  ]
  expect(new Set(signatures).size).toBe(3)
})
