import { describe, expect, test } from 'vitest'
import { describeError } from '../src/describe-error.ts'
import { deliver, open, receive } from './delivery-fixture.ts'
import { runProgram } from './run-program.ts'
import { subject } from './samples.ts'

const throwing = (member: string) => {
  const error = new Error('hunter2')
  return Object.defineProperty(error, member, {
    get() {
      throw new Error(`no ${member}`)
    },
  })
}
const trap = (): never => {
  throw new Error('trapped')
}
const circular = new Error('circular')
circular.cause = circular

const anything: readonly (readonly [title: string, thrown: unknown])[] = [
  ['an error whose name throws', throwing('name')],
  ['an error whose stack throws', throwing('stack')],
  ['an error whose message throws', throwing('message')],
  ['an error whose code throws', throwing('code')],
  ['an error whose cause throws', throwing('cause')],
  ['an error that is its own cause', circular],
  ['an error whose name is no text', Object.assign(new Error('x'), { name: Symbol('x') })],
  [
    'a proxy that forbids everything',
    new Proxy(new Error('x'), { get: trap, getPrototypeOf: trap, has: trap }),
  ],
  ['an object whose prototype throws', new Proxy({}, { getPrototypeOf: trap })],
  ['null', null],
  ['undefined', undefined],
  ['a bigint', 7n],
]

describe.for(anything)('%s', ([, thrown]) => {
  test('can be described, without its message', () => {
    expect(JSON.stringify(describeError(thrown))).not.toContain('hunter2')
  })

  const ways: readonly (readonly [how: string, listen: () => void | Promise<void>])[] = [
    [
      'thrown',
      () => {
        throw thrown
      },
    ],
    ['rejected with', () => Promise.reject(thrown)],
  ]

  test.for(ways)('that is %s by listeners disturbs nobody where there is a logger', async ([, listen]) => {
    const lines: unknown[] = []
    const emitter = await open({ logger: { error: (fields) => void lines.push(fields) } })
    const receiver = await receive()
    const told: string[] = []
    emitter.on('warning', listen)
    emitter.on('attempted', listen)
    emitter.on('attempted', () => void told.push('attempted'))
    emitter.on('delivered', () => void told.push('delivered'))
    emitter.on('cancelled', listen)
    const { id } = await emitter.subscriptions.create({
      subject,
      url: receiver.url,
      skipCertificateVerification: true,
    })
    await deliver(emitter)
    await emitter.idle()
    expect(told).toEqual(['attempted', 'delivered'])
    expect(await emitter.subscriptions.delete(id)).toBe(true)
    expect(lines.length).toBeGreaterThanOrEqual(2)
  })
})

test('a listener that rejects with an error that cannot be read does not end the process', async () => {
  const program = `
    class Odd extends Error { get name() { throw new Error('no name') } }
    const emitter = await startEmitter({ logger: { error() {} } })
    emitter.on('warning', async () => { throw new Odd('x') })
    await emitter.subscriptions.create({ subject, url: 'https://127.0.0.1:65535/', skipCertificateVerification: true })
    await emitter.idle()
    await emitter.stop()
    console.log('alive')`
  expect(await runProgram(program)).toMatchObject({ code: 0, output: 'alive\n' })
})
