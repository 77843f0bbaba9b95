import type { ChangedPath, Page } from '@posthorn/core'
import type { Pacer } from '../ranges/pacer.ts'
import type { PathAnswer } from './path-reader.ts'
import type { NewCommits } from './read-new-commits.ts'

/** Paths in all pages of a push together. Branches with the same commits share theirs. */
const maxPagePaths = 20_000

/** Commits, parents and paths looked at for all pages together: about a second. */
const maxSteps = 10_000_000

/** A page of paths; undefined where nothing is known. */
export type PathPage = Page<ChangedPath> | undefined

/** Puts the pages of updates together, from what was read once for all of them. */
export class PathPages {
  readonly #answers: ReadonlyMap<string, PathAnswer>
  readonly #pacer: Pacer
  readonly #pages = new Map<string, Promise<PathPage>>()
  #roomLeft = maxPagePaths
  #stepsLeft = maxSteps

  constructor(answers: ReadonlyMap<string, PathAnswer>, pacer: Pacer) {
    this.#answers = answers
    this.#pacer = pacer
  }

  /** The paths of one line. */
  ofLine(line: string): Promise<PathPage> {
    return this.#share(line, [{ line, steps: 1 }], true)
  }

  /** The paths of all new commits that can be reached from one. */
  ofTip(tip: string, { parents, isWhole }: NewCommits): Promise<PathPage> {
    return this.#share(tip, reach(tip, parents), isWhole)
  }

  #share(key: string, steps: Iterable<Step>, isWhole: boolean): Promise<PathPage> {
    const made = this.#pages.get(key) ?? this.#merge(steps, isWhole)
    this.#pages.set(key, made)
    return made
  }

  async #merge(steps: Iterable<Step>, isWhole: boolean): Promise<PathPage> {
    const values = new Set<ChangedPath>()
    let hasMore = !isWhole
    let isUnread = false
    let isRead = false
    for (const { line, steps: count } of steps) {
      const answer = this.#answers.get(line)
      if (answer === undefined) isUnread = true
      else {
        isRead = true
        hasMore = this.#add(values, answer) || hasMore
      }
      const cost = count + (answer?.paths.length ?? 0)
      this.#stepsLeft -= cost
      const turn = this.#pacer.step(cost)
      if (turn !== undefined) await turn
      if (this.#stepsLeft < 0) {
        hasMore = true
        break
      }
    }
    if (isUnread && !isRead) return undefined
    return { values: [...values], hasMore: hasMore || isUnread }
  }

  /** @returns whether some were left out */
  #add(values: Set<ChangedPath>, { paths, hasMore }: PathAnswer): boolean {
    let isCut = hasMore
    for (const path of paths) {
      if (values.has(path)) continue
      if (this.#roomLeft === 0) {
        isCut = true
        break
      }
      this.#roomLeft -= 1
      values.add(path)
    }
    return isCut
  }
}

interface Step {
  readonly line: string
  readonly steps: number
}

/** Of the listed commits, those that can be reached from one. */
function* reach(tip: string, parents: ReadonlyMap<string, readonly string[]>): Generator<Step> {
  const reached = new Set<string>()
  const pending = [tip]
  for (let hash = pending.pop(); hash !== undefined; hash = pending.pop()) {
    const below = parents.get(hash)
    if (below === undefined || reached.has(hash)) continue
    reached.add(hash)
    for (const parent of below) if (!reached.has(parent)) pending.push(parent)
    yield { line: hash, steps: 1 + below.length }
  }
}
