/** A set of positions in a program, gathered anew again and again, so that emptying it costs nothing. */
export class PositionSet {
  readonly #gathered: Uint16Array
  /** The round in which a position was added last. */
  readonly #roundOf: Uint32Array
  #round = 1
  #count = 0

  constructor(programLength: number) {
    this.#gathered = new Uint16Array(programLength)
    this.#roundOf = new Uint32Array(programLength)
  }

  clear(): void {
    this.#round += 1
    this.#count = 0
  }

  /** False if it was there already. */
  add(position: number): boolean {
    if (this.#roundOf[position] === this.#round) return false
    this.#roundOf[position] = this.#round
    this.#gathered[this.#count] = position
    this.#count += 1
    return true
  }

  /** Ascending. Valid until the set is cleared. */
  read(): Uint16Array {
    return this.#gathered.subarray(0, this.#count).sort()
  }
}
