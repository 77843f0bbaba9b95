import { Mismatch } from './mismatch.ts'
import { array, member, type Parser } from './shape.ts'

/** A parser of what may take long: it yields null now and then, so that other work can have its turn. */
export type TurnParser<Value> = (value: unknown) => Generator<null, Value>

/** How much is parsed between two turns: as many objects or so, which take less than a millisecond. */
const weightOfTurn = 500

/** How much text takes as long as an object, in UTF-16 units or bytes. Measured: a microsecond where it is not Latin-1, else less. */
const lengthOfObject = 2_000

/** What text weighs beside the object that it stands in. @param length in UTF-16 units or bytes */
export function weighText(length: number): number {
  return length / lengthOfObject
}

/**
 * An array, each item parsed.
 * @param weigh of how many objects an item consists, its text among them (see {@link weighText})
 */
export function listInTurns<Item>(
  parseItem: Parser<Item>,
  weigh: (item: Item) => number,
): TurnParser<readonly Item[]> {
  return function* parseList(value) {
    const given = array(value)
    const items: Item[] = []
    let weight = 0
    for (let index = 0; index < given.length; index += 1) {
      const item = member(given, index, parseItem)
      items.push(item)
      weight += weigh(item)
      if (weight < weightOfTurn) continue
      weight = 0
      yield null
    }
    return items
  }
}

/** As {@link listInTurns}, of items that may each take long. Apart from it, since items that do not are read in half the time there. */
export function longItemsInTurns<Item>(
  parseItem: TurnParser<Item>,
  weigh: (item: Item) => number,
): TurnParser<readonly Item[]> {
  return function* parseList(value) {
    const given = array(value)
    const items: Item[] = []
    let weight = 0
    for (let index = 0; index < given.length; index += 1) {
      const item = yield* memberInTurns(given, index, parseItem)
      items.push(item)
      weight += weigh(item)
      if (weight < weightOfTurn) continue
      weight = 0
      yield null
    }
    return items
  }
}

/** What stands under a key. */
export function* memberInTurns<Value>(
  container: object,
  key: string | number,
  parse: TurnParser<Value>,
): Generator<null, Value> {
  try {
    return yield* parse(Reflect.get(container, key))
  } catch (error) {
    throw Mismatch.below(key, error)
  }
}

/** The value, or undefined. */
export function optionalInTurns<Value>(parse: TurnParser<Value>): TurnParser<Value | undefined> {
  return function* parseOptional(value) {
    return value === undefined ? undefined : yield* parse(value)
  }
}

/** The value, or null. */
export function nullableInTurns<Value>(parse: TurnParser<Value>): TurnParser<Value | null> {
  return function* parseNullable(value) {
    return value === null ? null : yield* parse(value)
  }
}
