/** A binary heap that can also remove from its middle: push, remove and re-sort in O(log n), the first item in O(1). */
export class Heap<Item> {
  readonly #isBefore: (one: Item, other: Item) => boolean
  readonly #items: Item[] = []
  readonly #places = new Map<Item, number>()

  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  first(): Item | undefined {
    return this.#items[0]
  }

  has(item: Item): boolean {
    return this.#places.has(item)
  }

  push(item: Item): void {
    this.#raise(this.#items.length, item)
  }

  /** Does nothing if the item is not in the heap. */
  remove(item: Item): void {
    const place = this.#places.get(item)
    if (place === undefined) return
    this.#places.delete(item)
    const last = this.#items.pop()
    if (last !== undefined && last !== item) this.#settle(place, last)
  }

  #settle(place: number, item: Item): void {
    const parent = this.#items[parentOf(place)]
    if (place > 0 && parent !== undefined && this.#isBefore(item, parent)) this.#raise(place, item)
    else this.#sink(place, item)
  }

  #raise(from: number, item: Item): void {
    let place = from
    while (place > 0) {
      const parent = this.#items[parentOf(place)]
      if (parent === undefined || !this.#isBefore(item, parent)) break
      this.#put(place, parent)
      place = parentOf(place)
    }
    this.#put(place, item)
  }

  #sink(from: number, item: Item): void {
    let place = from
    for (;;) {
      const child = this.#smallerChild(place)
      if (child === null || !this.#isBefore(child.item, item)) break
      this.#put(place, child.item)
      place = child.place
    }
    this.#put(place, item)
  }

  #smallerChild(place: number): { place: number; item: Item } | null {
    const left = this.#items[2 * place + 1]
    const right = this.#items[2 * place + 2]
    if (left === undefined) return null
    return right !== undefined && this.#isBefore(right, left)
      ? { place: 2 * place + 2, item: right }
      : { place: 2 * place + 1, item: left }
  }

  #put(place: number, item: Item): void {
    this.#items[place] = item
    this.#places.set(item, place)
  }
}

function parentOf(place: number): number {
  return (place - 1) >> 1
}
