import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the demonstration ends as expected and prints a JSON line per attempt', {
  timeout: 60_000,
}, async () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@posthorn/source',
    main,
    '--json',
  ])
  const attempts = stdout.trim().split('\n').map(parseAttempt)
  const count = (fields: object) => attempts.filter((attempt) => isPartOf(fields, attempt)).length
  expect(attempts).toHaveLength(38)
  expect(count({ receiver: 'busy', status: 503 })).toBe(2)
  expect(count({ receiver: 'busy', outcome: 'http.2xx', next: 'delivered' })).toBe(6)
  expect(count({ receiver: 'plain', dialect: 'bitbucket-server-post-receive', status: 200 })).toBe(6)
  expect(count({ receiver: 'unverified', certificateVerification: 'skipped', status: 200 })).toBe(12)
  expect(count({ receiver: 'untrusted', outcome: 'tls.self-signed', status: null, next: 'again' })).toBe(6)
})

function parseAttempt(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Readonly<Record<string, unknown>>
}

function isPartOf(fields: object, attempt: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(fields).every(([name, value]) => attempt[name] === value)
}
