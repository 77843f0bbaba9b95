import { expect } from 'vitest'
import type { ContractTest } from './contract-test.ts'
import { addSubscription, newAppend, newDelivery } from './samples.ts'

export function bodiesContract(contractTest: ContractTest): void {
  contractTest('bodies are read back byte for byte, in the order asked', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const request = newAppend(ids, [
      newDelivery(ids, record.id, { part: 1, partCount: 2 }),
      newDelivery(ids, record.id, { part: 2, partCount: 2 }),
    ])
    const bytes = [Uint8Array.from({ length: 256 }, (_, byte) => byte), new Uint8Array(300_000).fill(0xfe)]
    const bodies = request.bodies.map((body, place) => ({ ...body, bytes: bytes[place] ?? body.bytes }))
    await one.append({ ...request, bodies })
    const [first, second] = bodies
    const missing = { eventId: request.event.id, dialect: 'bitbucket-cloud', variant: 'plain', part: 3 }
    const read = await two.readBodies([second ?? missing, missing, first ?? missing, second ?? missing])
    expect(read.map((body) => (body === null ? null : Buffer.from(body)))).toEqual(
      [bytes[1], null, bytes[0], bytes[1]].map((body) =>
        body === undefined || body === null ? null : Buffer.from(body),
      ),
    )
  })

  contractTest('a body is told apart by dialect, variant and part', async ({ one, ids }) => {
    const record = await addSubscription(one, ids)
    const names = [
      { dialect: 'bitbucket-cloud', variant: 'plain', part: 1 },
      { dialect: 'bitbucket-cloud', variant: 'iso-dates', part: 1 },
      { dialect: 'bitbucket-data-center', variant: 'plain', part: 1 },
    ]
    const request = newAppend(
      ids,
      names.map((name) => newDelivery(ids, record.id, name)),
    )
    await one.append(request)
    const read = await one.readBodies(names.map((name) => ({ eventId: request.event.id, ...name })))
    expect(new Set(read.map((bytes) => new TextDecoder().decode(bytes ?? undefined))).size).toBe(3)
  })

  contractTest('what is stored does not change with the bytes given or read', async ({ one, two, ids }) => {
    const record = await addSubscription(one, ids)
    const request = newAppend(ids, [newDelivery(ids, record.id)])
    const bytes = Buffer.from([1, 2, 3])
    const [body] = request.bodies.map((given) => ({ ...given, bytes }))
    if (body === undefined) throw new Error('The sample has no body.')
    await one.append({ ...request, bodies: [body] })
    bytes.fill(9)
    const [read] = await one.readBodies([body])
    read?.fill(7)
    const [again] = await two.readBodies([body])
    expect([...(again ?? [])]).toEqual([1, 2, 3])
  })

  contractTest('a body that no delivery uses is not kept', async ({ one, two, ids }) => {
    const gone = await addSubscription(one, ids)
    await one.deleteSubscriptions([gone.id])
    const request = newAppend(ids, [newDelivery(ids, gone.id)])
    await one.append(request)
    expect(await two.readBodies(request.bodies)).toEqual([null])
    expect((await one.stats()).bodyBytes).toBe(0)
  })
}
