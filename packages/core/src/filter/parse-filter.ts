import { describeValue } from '../describe-value.ts'
import { InvalidInputError } from '../errors.ts'
import { maxFilterPatternLength, maxFilterPatterns } from '../limits.ts'
import { readPlainList } from '../subscription/plain-list.ts'
import { readPlainObject } from '../subscription/plain-object.ts'
import { countCharacters } from '../subscription/subscription-fields.ts'
import { BadGlob } from './bad-glob.ts'
import { parseGlob } from './glob.ts'
import {
  type FilterName,
  filterNames,
  type RefAction,
  refActions,
  type SubscriptionFilter,
} from './subscription-filter.ts'

/** What users of other tools begin a pattern with, and what they would wait for in vain. */
const longNames: Readonly<Partial<Record<FilterName, string>>> = {
  branches: 'refs/heads/',
  tags: 'refs/tags/',
}

/**
 * The filter of a subscription, a copy; null if nothing is filtered. Members that are undefined count as absent.
 * @throws {InvalidInputError} `subscription.filter-invalid`, naming the list or the pattern and the rule
 */
export function parseFilter(value: unknown): SubscriptionFilter | null {
  if (value === null) return null
  const given = new Map<string, unknown>()
  for (const [key, member] of readPlainObject('filter', value)) {
    if (!isFilterName(key)) {
      throw refused(
        `filter.${key.slice(0, 60)}`,
        `Unknown field ${describeValue(key)} of \`filter\`. Known: ${filterNames.join(', ')}.`,
      )
    }
    if (member !== undefined) given.set(key, member)
  }
  const patterns = (name: FilterName) =>
    given.has(name) ? { [name]: parsePatterns(name, given.get(name)) } : {}
  const actions = given.has('actions') ? { actions: parseActions(given.get('actions')) } : {}
  return given.size === 0
    ? null
    : { ...patterns('branches'), ...patterns('tags'), ...actions, ...patterns('paths') }
}

function parsePatterns(name: FilterName, value: unknown): readonly string[] {
  const field = `filter.${name}`
  const patterns = readList(field, value, maxFilterPatterns)
  return patterns.map((pattern, index) => parsePattern(`${field}[${index}]`, pattern, longNames[name]))
}

function parsePattern(field: string, value: unknown, longName: string | undefined): string {
  if (typeof value !== 'string') {
    throw refused(field, `Expected \`${field}\` to be a string, got ${describeValue(value)}.`)
  }
  const length = countCharacters(value, maxFilterPatternLength)
  if (length === 0 || length > maxFilterPatternLength) {
    throw refused(
      field,
      `Expected \`${field}\` to have 1 to ${maxFilterPatternLength} characters, got ${length}.`,
    )
  }
  // No name has a NUL, and PostgreSQL keeps none in a JSON value.
  if (value.includes('\0') || !value.isWellFormed()) {
    throw refused(field, `Expected \`${field}\` to be Unicode text without NUL, got ${describeValue(value)}.`)
  }
  if (longName !== undefined && value.startsWith(longName, value.startsWith('!') ? 1 : 0)) {
    throw refused(
      field,
      `Expected \`${field}\` to be a pattern for what stands below ${longName}, got ${describeValue(value)}. Leave ${longName} away.`,
    )
  }
  try {
    parseGlob(value)
  } catch (error) {
    if (!(error instanceof BadGlob)) throw error
    throw refused(
      field,
      `Expected \`${field}\` to be a pattern ${error.message}, got ${describeValue(value)}.`,
    )
  }
  return value
}

function parseActions(value: unknown): readonly RefAction[] {
  const field = 'filter.actions'
  const actions: RefAction[] = []
  for (const [index, word] of readList(field, value, refActions.length).entries()) {
    const action = refActions.find((known) => known === word)
    if (action === undefined) {
      throw refused(
        `${field}[${index}]`,
        `Expected \`${field}[${index}]\` to be one of ${refActions.join(', ')}, got ${describeValue(word)}.`,
      )
    }
    if (actions.includes(action)) {
      throw refused(field, `Expected \`${field}\` to hold each action once, got ${action} twice.`)
    }
    actions.push(action)
  }
  return actions
}

function readList(field: string, value: unknown, maxCount: number): readonly unknown[] {
  const items = readPlainList(field, value, maxCount)
  if (items === null) {
    throw refused(field, `Expected \`${field}\` to be an array, got ${describeValue(value)}.`)
  }
  if (items.length === 0) {
    throw refused(
      field,
      `Expected \`${field}\` to hold something, got an empty array. Leave it away to let all pass.`,
    )
  }
  if (items.length > maxCount) {
    throw refused(field, `Expected \`${field}\` to hold up to ${maxCount}, got more.`)
  }
  return items
}

function isFilterName(key: string): key is FilterName {
  return filterNames.some((name) => name === key)
}

function refused(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.filter-invalid', field, message })
}
