import { createManualClock } from '@posthorn/test-kit/manual-clock'
import { describe, expect, test } from 'vitest'
import { createStandardWebhooksSecret, type SubscriptionDraft, verifySignature } from '../src/index.ts'
import { deliver, open, receive } from './delivery-fixture.ts'
import { subject } from './samples.ts'

const _postReceive = 'bitbucket-server-post-receive'
const whsec = createStandardWebhooksSecret()
const url = 'http://127.0.0.1:65535/hook'

describe('the rotation of a Standard Webhooks secret', () => {
  const next = createStandardWebhooksSecret()

  /** The signatures of one delivery, as the secrets that made them. */
  async function rotate(
    patches: readonly (readonly [afterMs: number, patch: SubscriptionDraft['standardWebhooks']])[],
    afterMs: number,
  ) {
    const clock = createManualClock()
    const emitter = await open({ clock })
    const receiver = await receive()
    const { id } = await emitter.subscriptions.create({
      subject,
      url: receiver.url,
      standardWebhooks: { secret: whsec },
    })
    let view = await emitter.subscriptions.get(id)
    for (const [waitMs, standardWebhooks] of patches) {
      clock.advance(waitMs)
      view = await emitter.subscriptions.update(id, { standardWebhooks: standardWebhooks ?? null })
    }
    clock.advance(afterMs)
    await deliver(emitter)
    const [request] = await receiver.waitForRequests(1)
    if (request === undefined) expect.unreachable()
    const { headers, body } = request
    const now = () => clock.now()
    const signatures = String(headers['webhook-signature'] ?? '').split(' ')
    const signedBy = signatures.map((signature) =>
      [whsec, next, third].findIndex((secret) =>
        verifySignature({
          body,
          headers: { ...headers, 'webhook-signature': signature },
          standardWebhooks: { secret },
          now,
        }),
      ),
    )
    return { signedBy, previousInMs: (view?.standardWebhooks?.previousUntil ?? now()) - now(), view }
  }

  const third = createStandardWebhooksSecret()
  const day = 86_400_000
  // The time of an attempt goes on while its request is prepared, so a key is looked at well before its end.
  const minute = 60_000

  test.for([
    ['the new one first, and the old one for a day', [[0, { secret: next }]], day - minute, [1, 0]],
    ['the new one alone once the day is over', [[0, { secret: next }]], day, [1]],
    [
      'the old one for as long as was asked',
      [[0, { secret: next, keepPreviousMs: 2 * minute }]],
      minute,
      [1, 0],
    ],
    [
      'the old one no longer than was asked',
      [[0, { secret: next, keepPreviousMs: 2 * minute }]],
      2 * minute,
      [1],
    ],
    ['the new one at once', [[0, { secret: next, keepPreviousMs: 0 }]], 0, [1]],
    [
      'the two newest of three',
      [
        [0, { secret: next }],
        [1, { secret: third }],
      ],
      0,
      [2, 1],
    ],
    [
      'the same two when the new one is set twice',
      [
        [0, { secret: next }],
        [1, { secret: next }],
      ],
      0,
      [1, 0],
    ],
    ['none when they are removed', [[0, null]], 0, [-1]],
  ] as const)('signs with %s', async ([, patches, afterMs, expected]) => {
    const { signedBy } = await rotate(patches, afterMs)
    expect(signedBy).toEqual(expected)
  })

  test('can be read back as the time it ends at, and nothing else', async () => {
    const { view, previousInMs } = await rotate([[0, { secret: next, keepPreviousMs: 7 }]], 0)
    expect(view?.standardWebhooks).toEqual({ previousUntil: expect.any(Number) })
    expect(previousInMs).toBe(7)
  })

  test('leaves the other settings alone, as they leave it alone', async () => {
    const emitter = await open()
    const { id } = await emitter.subscriptions.create({
      subject,
      url,
      secret: 'own',
      headers: { 'X-A': '1' },
      auth: { type: 'bearer', token: 'abc' },
      standardWebhooks: { secret: whsec },
    })
    const rotated = await emitter.subscriptions.update(id, { standardWebhooks: { secret: next } })
    expect(rotated).toMatchObject({ hasSecret: true, headerNames: ['X-A'], auth: { type: 'bearer' } })
    const titled = await emitter.subscriptions.update(id, { title: 'CI' })
    expect(titled.standardWebhooks).toEqual(rotated.standardWebhooks)
  })
})
