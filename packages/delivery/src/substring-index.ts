/** The state of the empty text. */
const root = 0

/** UTF-16 units that one state may go on with; a key is a state and a unit. */
const unitCount = 0x1_00_00

/**
 * All that stands in a text, so that any number of patterns is found in the time that it takes to read them and the text once, however
 * often they occur in it and overlap: a suffix automaton. Its states are sets of places; it has less than two states and three
 * transitions for each unit of the text. Source: A. Blumer and others, "The smallest automaton recognizing the subwords of a text",
 * 1985.
 */
export class SubstringIndex {
  readonly #text: string
  readonly #transitions = new Map<number, number>()
  /** The units that a state has transitions for. */
  readonly #units: number[][] = [[]]
  readonly #links: number[] = [-1]
  /** The length of the longest text of a state. */
  readonly #lengths: number[] = [0]
  /** Of each state: which of the last places of the text its texts end at, one bit for each, the end of the text the lowest. */
  readonly #tails: Int32Array
  /** Of each state: the length of the longest pattern found that is its text. */
  readonly #found: Int32Array
  readonly #byLength: Int32Array
  #stepCount = 0

  /** @param maxTail units before the end of the text that beginnings of patterns are looked for up to; at most 30 */
  constructor(text: string, maxTail: number) {
    this.#text = text
    const ends: number[] = [root]
    for (let at = 0; at < text.length; at += 1) ends.push(this.#append(text.charCodeAt(at), ends[at] ?? root))
    this.#byLength = sortByLength(this.#lengths, text.length)
    this.#found = new Int32Array(this.#lengths.length)
    this.#tails = new Int32Array(this.#lengths.length)
    for (let tail = 0; tail <= Math.min(maxTail, text.length); tail += 1) {
      const state = ends[text.length - tail] ?? root
      this.#tails[state] = (this.#tails[state] ?? 0) | (1 << tail)
    }
    for (const state of this.#byLength.toReversed()) {
      const link = this.#links[state] ?? -1
      if (link > root) this.#tails[link] = (this.#tails[link] ?? 0) | (this.#tails[state] ?? 0)
    }
  }

  /** Transitions made and followed so far: the measure of the work. */
  get stepCount(): number {
    return this.#stepCount
  }

  /**
   * Looks for a pattern, and remembers where it stands.
   * @param minCut units of its beginning that count
   * @returns where a beginning of it begins that the text breaks off in, or null
   */
  find(pattern: string, minCut: number): number | null {
    let state: number | undefined = root
    let cutAt: number | null = null
    let tails = 0
    for (let length = 0; length < pattern.length; length += 1) {
      const next = this.#follow(state, pattern.charCodeAt(length))
      const nextTails = next === undefined ? 0 : (this.#tails[next] ?? 0)
      const broken = length < minCut ? 0 : tails & ~(nextTails << 1)
      if (broken !== 0) {
        const at = this.#text.length - (31 - Math.clz32(broken)) - length
        cutAt = cutAt === null ? at : Math.min(cutAt, at)
      }
      if (next === undefined) return cutAt
      state = next
      tails = nextTails
    }
    // Texts of one state end at the same places, so the longest of them covers the others.
    this.#found[state] = Math.max(this.#found[state] ?? 0, pattern.length)
    return cutAt
  }

  /** Calls back with the parts of the text, from the first to the last, that are among the patterns found. They may overlap. */
  eachFound(tell: (from: number, to: number) => void): void {
    const longest = this.#found.slice()
    for (const state of this.#byLength) {
      const link = this.#links[state] ?? -1
      if (link > root && (longest[state] ?? 0) === 0) longest[state] = longest[link] ?? 0
    }
    let state = root
    for (let at = 0; at < this.#text.length; at += 1) {
      state = this.#follow(state, this.#text.charCodeAt(at)) ?? root
      const length = longest[state] ?? 0
      if (length > 0) tell(at + 1 - length, at + 1)
    }
  }

  #follow(state: number, unit: number): number | undefined {
    this.#stepCount += 1
    return this.#transitions.get(state * unitCount + unit)
  }

  #set(state: number, unit: number, next: number): void {
    this.#stepCount += 1
    this.#transitions.set(state * unitCount + unit, next)
  }

  #add(length: number, link: number, units: number[]): number {
    this.#units.push(units)
    this.#links.push(link)
    return this.#lengths.push(length) - 1
  }

  /** @returns the state of the text so far, which is `last` and the unit */
  #append(unit: number, last: number): number {
    const added = this.#add((this.#lengths[last] ?? 0) + 1, root, [])
    let state = last
    let next: number | undefined
    for (; state !== -1; state = this.#links[state] ?? -1) {
      next = this.#follow(state, unit)
      if (next !== undefined) break
      this.#units[state]?.push(unit)
      this.#set(state, unit, added)
    }
    if (next === undefined) return added
    const length = (this.#lengths[state] ?? 0) + 1
    this.#links[added] = this.#lengths[next] === length ? next : this.#split(state, unit, next, length)
    return added
  }

  /** Parts the shorter texts of a state from its longer ones, which stand in fewer places now. */
  #split(from: number, unit: number, state: number, length: number): number {
    const units = this.#units[state] ?? []
    const shorter = this.#add(length, this.#links[state] ?? root, [...units])
    for (const known of units) this.#set(shorter, known, this.#follow(state, known) ?? root)
    this.#links[state] = shorter
    for (let at = from; at !== -1 && this.#follow(at, unit) === state; at = this.#links[at] ?? -1) {
      this.#set(at, unit, shorter)
    }
    return shorter
  }
}

/** The states but the root, the shorter ones first. */
function sortByLength(lengths: readonly number[], maxLength: number): Int32Array {
  const counts = new Int32Array(maxLength + 2)
  for (const length of lengths) counts[length + 1] = (counts[length + 1] ?? 0) + 1
  for (let length = 1; length < counts.length; length += 1) {
    counts[length] = (counts[length] ?? 0) + (counts[length - 1] ?? 0)
  }
  const sorted = new Int32Array(lengths.length)
  for (const [state, length] of lengths.entries()) {
    const at = counts[length] ?? 0
    sorted[at] = state
    counts[length] = at + 1
  }
  return sorted.subarray(1)
}
