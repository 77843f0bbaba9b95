/** A point in a timeline: a time, and for equal times the order of writing. */
export interface TimelinePlace {
  readonly at: number
  readonly seq: number
}

/**
 * Items by their time. Made for items that come almost in order and leave almost in order: adding behind the last one and
 * removing the first one cost O(1), and what leaves from the middle is only marked until half of the list is marked.
 */
export class Timeline<Item extends { readonly seq: number }> {
  readonly #atOf: (item: Item) => number
  #items: Item[] = []
  /** Everything before it has left. */
  #start = 0
  readonly #marked = new Set<Item>()

  constructor(atOf: (item: Item) => number) {
    this.#atOf = atOf
  }

  get size(): number {
    return this.#items.length - this.#start - this.#marked.size
  }

  add(item: Item): void {
    const place = this.#placeOf({ at: this.#atOf(item), seq: item.seq })
    if (place === this.#items.length) this.#items.push(item)
    else this.#items.splice(place, 0, item)
  }

  /** Takes out an item that is in the list. */
  remove(item: Item): void {
    if (this.#items[this.#start] === item) this.#start += 1
    else this.#marked.add(item)
    this.#skipMarked()
    if ((this.#start + this.#marked.size) * 2 > this.#items.length) this.#compact()
  }

  first(): Item | undefined {
    return this.#items[this.#start]
  }

  *oldestFirst(): Generator<Item> {
    const items = this.#items
    for (let place = this.#start; place < items.length; place += 1) {
      const item = items[place]
      if (item !== undefined && !this.#marked.has(item)) yield item
    }
  }

  /** The items before a place, which need not be in the list any more; null for all. */
  *newestFirst(before: TimelinePlace | null): Generator<Item> {
    const items = this.#items
    for (
      let place = before === null ? items.length : this.#placeOf(before);
      place > this.#start;
      place -= 1
    ) {
      const item = items[place - 1]
      if (item !== undefined && !this.#marked.has(item)) yield item
    }
  }

  /** Puts all items in their order again, after their times were changed. */
  resort(): void {
    this.#compact()
    this.#items.sort((one, other) => this.#atOf(one) - this.#atOf(other) || one.seq - other.seq)
  }

  #skipMarked(): void {
    for (;;) {
      const first = this.#items[this.#start]
      if (first === undefined || !this.#marked.delete(first)) return
      this.#start += 1
    }
  }

  #compact(): void {
    this.#items = [...this.oldestFirst()]
    this.#start = 0
    this.#marked.clear()
  }

  /** How far the items before a place reach. */
  #placeOf(place: TimelinePlace): number {
    const last = this.#items.at(-1)
    if (last === undefined || this.#isBefore(last, place)) return this.#items.length
    let low = this.#start
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      const item = this.#items[middle]
      if (item !== undefined && this.#isBefore(item, place)) low = middle + 1
      else high = middle
    }
    return low
  }

  #isBefore(item: Item, place: TimelinePlace): boolean {
    const at = this.#atOf(item)
    return at === place.at ? item.seq < place.seq : at < place.at
  }
}
