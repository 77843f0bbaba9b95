import { createHash } from 'node:crypto'

/** What was promised and what arrived, over all lives of a process. */
export interface Ledger {
  readonly acknowledgedCount: number
  readonly requestCount: number
  readonly duplicateCount: number
  /** The most deliveries of one life that came again later. */
  readonly maxRepeatedOfLife: number
  /** An emit resolved with these deliveries: one for each receiver. */
  acknowledge(ids: readonly string[]): void
  /** The emitter said of a delivery that it was delivered: it must not come again. */
  settle(id: string): void
  /** A receiver got a delivery. */
  receive(id: string, body: Uint8Array): void
  nextLife(): void
  /**
   * What should not be, a sentence each.
   * @param states of all deliveries that the store has in the end
   * @param inFlightCount what one kill may find sent and not settled
   */
  differences(states: ReadonlyMap<string, string>, inFlightCount: number): readonly string[]
}

interface Arrival {
  readonly hash: string
  /** The lives it came in, one entry per request. */
  readonly lives: number[]
}

/** @param receiverCount the deliveries that each emit makes */
export function createLedger(receiverCount: number): Ledger {
  const acknowledged = new Set<string>()
  const arrivals = new Map<string, Arrival>()
  /** Deliveries that came again later, by the life they had come in. */
  const repeated: number[] = [0]
  const settled = new Set<string>()
  const wrongAcknowledgements: string[] = []
  const wrongArrivals: string[] = []
  let acknowledgedCount = 0
  let requestCount = 0
  let life = 0

  return {
    get acknowledgedCount() {
      return acknowledgedCount
    },
    get requestCount() {
      return requestCount
    },
    get duplicateCount() {
      return requestCount - arrivals.size
    },
    get maxRepeatedOfLife() {
      return Math.max(...repeated)
    },
    acknowledge(ids) {
      acknowledgedCount += 1
      for (const id of ids) acknowledged.add(id)
      if (new Set(ids).size !== receiverCount)
        wrongAcknowledgements.push(
          `an emit was acknowledged with ${ids.length} of ${receiverCount} deliveries`,
        )
    },
    settle: (id) => void settled.add(id),
    receive(id, body) {
      requestCount += 1
      const hash = createHash('sha256').update(body).digest('hex')
      const arrival = arrivals.get(id)
      if (arrival === undefined) {
        arrivals.set(id, { hash, lives: [life] })
        return
      }
      if (arrival.hash !== hash) wrongArrivals.push(`${id} came with other bytes`)
      if (settled.has(id)) wrongArrivals.push(`${id} came again after it was settled`)
      const last = arrival.lives.at(-1) ?? life
      repeated[last] = (repeated[last] ?? 0) + 1
      arrival.lives.push(life)
    },
    nextLife() {
      life += 1
      repeated.push(0)
    },
    differences(states, inFlightCount) {
      return [
        ...wrongAcknowledgements,
        ...wrongArrivals,
        ...[...acknowledged].flatMap((id) => [
          ...(arrivals.has(id) ? [] : [`${id} was acknowledged and never came`]),
          ...(states.has(id) ? [] : [`${id} was acknowledged and is not in the store`]),
        ]),
        ...[...states].flatMap(([id, state]) => [
          ...(state === 'delivered' ? [] : [`${id} ended as ${state}`]),
          ...(arrivals.has(id) ? [] : [`${id} is in the store and never came`]),
        ]),
        ...[...arrivals].flatMap(([id, { lives }]) => [
          ...(states.has(id) ? [] : [`${id} came and is not in the store`]),
          ...(new Set(lives).size === lives.length
            ? []
            : [`${id} came twice in one life: ${lives.join(', ')}`]),
        ]),
        ...repeated.flatMap((count, place) =>
          count > inFlightCount ? [`${count} deliveries of life ${place + 1} came again`] : [],
        ),
      ]
    },
  }
}
