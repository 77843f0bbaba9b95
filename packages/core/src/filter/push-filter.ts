import type { WebhookEvent } from '../event/event.ts'
import { type ChangedPath, isZeroId, type RefUpdate } from '../event/push-event.ts'
import { maxFilterSteps, maxPushFilterSteps } from '../limits.ts'
import { parseGlob } from './glob.ts'
import { createNameMatcher, type NameMatcher, type StepBudget } from './name-matcher.ts'
import { toNameText } from './name-text.ts'
import {
  type FilterName,
  filterNames,
  type RefAction,
  type SubscriptionFilter,
} from './subscription-filter.ts'

/** Judges one event by the filters of many subscriptions, so that what they all look at is worked out once. */
export interface FilterJudge {
  /**
   * Which list keeps the event from a subscription: that which refused the ref that came furthest. Null if it hears the event.
   *
   * What cannot be judged passes: a filter never costs anybody an event that they may have asked for. That goes for changed paths that
   * are not all known, and for all that is left when the steps are spent: `maxFilterSteps`, or those that the subject has in all.
   * @param subjectId on what the subscription sits
   */
  refusalOf(filter: SubscriptionFilter, subjectId: string): FilterName | null
}

/** A ref update as filters see it. */
interface RefFacts {
  readonly place: 'branches' | 'tags' | null
  /** What stands below the place. */
  readonly name: string
  readonly actions: readonly RefAction[]
  /** Null if they are not all known. */
  readonly paths: readonly PathFacts[] | null
}

interface PathFacts {
  /** Worked out when it is first asked for, which costs steps; null if there are no steps left. */
  readonly text: (budget: StepBudget) => string | null
}

/** What it costs in steps, measured as those of names are: a character of a pattern, a name, a byte of one that may not be UTF-8. */
const patternCharacterSteps = 12
const nameSteps = 2
const byteSteps = 3

const prefixes = { branches: 'refs/heads/', tags: 'refs/tags/' } as const

/**
 * One event's judge: what it works out of the refs is shared by all filters that it is asked about, and the steps by those of a subject.
 * @param subjectCount of all subjects that have filters to be asked: each gets the same share of `maxPushFilterSteps`, so that the
 *   filters of one subject cannot use up what those of another need
 */
export function createFilterJudge(event: WebhookEvent, subjectCount: number): FilterJudge {
  let refs: readonly RefFacts[] | null = null
  const share = Math.floor(maxPushFilterSteps / Math.max(1, subjectCount))
  const leftBySubject = new Map<string, number>()
  return {
    refusalOf(filter, subjectId) {
      refs ??= event.refUpdates.map(toRefFacts)
      const left = leftBySubject.get(subjectId) ?? share
      const granted = Math.min(maxFilterSteps, left)
      const budget = { left: granted }
      const refusal = judgePush(filter, refs, budget)
      leftBySubject.set(subjectId, left - (granted - Math.max(0, budget.left)))
      return refusal
    },
  }
}

function judgePush(
  filter: SubscriptionFilter,
  refs: readonly RefFacts[],
  budget: StepBudget,
): FilterName | null {
  const judgeRef = createRefJudge(filter, budget)
  let furthest: FilterName | null = null
  for (const ref of refs) {
    const refusal = judgeRef(ref)
    if (refusal === null) return null
    if (furthest === null || rankOf(refusal) > rankOf(furthest)) furthest = refusal
  }
  // Of a push without refs none passes.
  return furthest ?? filterNames.find((name) => filter[name] !== undefined) ?? null
}

function createRefJudge(
  { actions, ...patterns }: SubscriptionFilter,
  budget: StepBudget,
): (ref: RefFacts) => FilterName | null {
  const matchers = { branches: toMatcher(patterns.branches), tags: toMatcher(patterns.tags) }
  const paths = toMatcher(patterns.paths)
  return (ref) => {
    const refusal = judgePlace(ref, matchers, budget)
    if (refusal !== null) return refusal
    if (actions !== undefined && !ref.actions.some((action) => actions.includes(action))) return 'actions'
    return paths === null || somePathPasses(ref.paths, paths, budget) ? null : 'paths'
  }
}

function judgePlace(
  { place, name }: RefFacts,
  matchers: Readonly<Record<'branches' | 'tags', NameMatcher | null>>,
  budget: StepBudget,
): FilterName | null {
  const matcher = place === null ? null : matchers[place]
  if (matcher !== null) return matcher.matches(name, budget) === false ? place : null
  if (matchers.branches !== null) return 'branches'
  return matchers.tags === null ? null : 'tags'
}

function somePathPasses(
  paths: readonly PathFacts[] | null,
  matcher: NameMatcher,
  budget: StepBudget,
): boolean {
  if (paths === null) return true
  return paths.some((path) => {
    const text = path.text(budget)
    return text === null || matcher.matches(text, budget) !== false
  })
}

function toMatcher(patterns: readonly string[] | undefined): NameMatcher | null {
  return patterns === undefined ? null : createLazyMatcher(patterns)
}

/** Patterns are read when the first name is compared with them, and only if there are steps for it. */
function createLazyMatcher(patterns: readonly string[]): NameMatcher {
  const patternSteps = patternCharacterSteps * patterns.reduce((sum, { length }) => sum + length, 0)
  let matcher: NameMatcher | null = null
  return {
    matches(name, budget) {
      budget.left -= nameSteps + (matcher === null ? patternSteps : 0)
      if (budget.left < 0) return null
      matcher ??= createNameMatcher(patterns.map(parseGlob))
      return matcher.matches(name, budget)
    },
  }
}

function toRefFacts(update: RefUpdate): RefFacts {
  const place = placeOf(update.ref)
  const name = place === null ? update.ref : update.ref.slice(prefixes[place].length)
  return { place, name: toNameText(name), actions: toActions(update), paths: toPaths(update) }
}

function placeOf(ref: string): RefFacts['place'] {
  if (ref.startsWith(prefixes.branches)) return 'branches'
  return ref.startsWith(prefixes.tags) ? 'tags' : null
}

function toActions({ before, after, isForced }: RefUpdate): readonly RefAction[] {
  if (isZeroId(before)) return ['created']
  if (isZeroId(after)) return ['deleted']
  return isForced ? ['updated', 'forced'] : ['updated']
}

function toPaths({ changedPaths }: RefUpdate): readonly PathFacts[] | null {
  return changedPaths === undefined || changedPaths.hasMore ? null : changedPaths.values.map(toPathFacts)
}

function toPathFacts(path: ChangedPath): PathFacts {
  let text: string | null = null
  return {
    text(budget) {
      if (text !== null || budget.left <= 0) return text
      budget.left -= typeof path === 'string' ? path.length : byteSteps * path.length
      text = toNameText(path)
      return text
    },
  }
}

/** How far a ref came that this list refused. */
function rankOf(name: FilterName): number {
  return name === 'tags' ? rankOf('branches') : filterNames.indexOf(name)
}
