import { type BenchReceiver, startReceiver } from '../receiver/start-receiver.ts'
import type { Contender, Scenario } from '../scenario.ts'
import { createFloor } from './floor.ts'
import { createPosthorn, createPosthornWhileEmitting, type FreshStore } from './posthorn.ts'

/** Deliveries through one store to one receiver, against the floor. */
export interface DeliveryScenarioOptions {
  readonly name: string
  readonly title: string
  /** @param deliveryCount what must fit in the store at a time */
  readonly openStore: (deliveryCount: number) => FreshStore
  /** How many subscriptions each event goes to. Divides the counts of every scale by a whole number. */
  readonly subscriptionCount: number
  /** The share of the floor's rate that is wanted. */
  readonly floorRatio: number
  /** Others, several times slower. */
  readonly rivals: readonly Rival[]
}

export interface Rival {
  /** Null where what it needs is not there. */
  readonly create: (receiver: BenchReceiver, deliveryCount: number) => Contender | null
  /** How many times its rate is wanted; null: it is only shown. */
  readonly ratio: number | null
}

export function createDeliveryScenario(options: DeliveryScenarioOptions): Scenario {
  const { name, title, openStore, subscriptionCount, floorRatio, rivals } = options
  return {
    name,
    title,
    async prepare({ deliveryCount, slowDeliveryCount }) {
      const receiver = await startReceiver()
      const floor = createFloor(receiver, deliveryCount)
      const posthorn = createPosthorn({ receiver, deliveryCount, subscriptionCount, openStore })
      const emitting = createPosthornWhileEmitting({ receiver, deliveryCount, subscriptionCount, openStore })
      const others = rivals.flatMap(({ create, ratio }) => {
        const contender = create(receiver, slowDeliveryCount)
        return contender === null ? [] : { ratio, contender }
      })
      return {
        unit: 'deliveries/s',
        contenders: [floor, posthorn, emitting, ...others.map(({ contender }) => contender)],
        targets: [
          { contender: posthorn.name, against: floor.name, ratio: floorRatio },
          { contender: emitting.name, against: floor.name, ratio: null },
          ...others.map(({ contender, ratio }) => ({
            contender: posthorn.name,
            against: contender.name,
            ratio,
          })),
        ],
        [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
      }
    },
  }
}
