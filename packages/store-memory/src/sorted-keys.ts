/** A set of strings in order, to be walked from any string on. */
export class SortedKeys {
  readonly #keys: string[] = []

  get size(): number {
    return this.#keys.length
  }

  add(key: string): void {
    const place = this.#placeOf(key)
    if (this.#keys[place] !== key) this.#keys.splice(place, 0, key)
  }

  remove(key: string): void {
    const place = this.#placeOf(key)
    if (this.#keys[place] === key) this.#keys.splice(place, 1)
  }

  /** The first key behind `key`, which need not be in the set; null for the very first one. */
  after(key: string | null): string | undefined {
    if (key === null) return this.#keys[0]
    const place = this.#placeOf(key)
    return this.#keys[place] === key ? this.#keys[place + 1] : this.#keys[place]
  }

  values(): Iterable<string> {
    return this.#keys
  }

  /** Where the key is, or would be. */
  #placeOf(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      const found = this.#keys[middle]
      if (found !== undefined && found < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
