import { describeType, describeValue } from '../describe-value.ts'
import type { Dialect } from '../dialect.ts'
import type { InvalidInputError } from '../errors.ts'
import type { EventKey } from '../event/event-key.ts'
import { parseSubjectRef, type SubjectRef } from '../subject.ts'
import type { SubscriptionOrder } from './subscription.ts'
import {
  invalid,
  invalidEvents,
  parseBoolean,
  parseDialect,
  parseEvents,
  parseOrder,
  parseSecret,
  parseTitle,
  type SecretChange,
} from './subscription-fields.ts'
import { parseWebhookUrl, type WebhookUrl } from './webhook-url.ts'

/** A subscription's configuration after every rule was checked. */
export interface ParsedSubscription {
  readonly subject: SubjectRef
  readonly title: string
  readonly url: WebhookUrl
  readonly events: readonly EventKey[]
  readonly dialect: Dialect
  readonly active: boolean
  readonly skipCertificateVerification: boolean
  readonly secret: SecretChange
  readonly order: SubscriptionOrder
}

/** What an update starts from. */
export type CurrentSubscription = Omit<ParsedSubscription, 'secret'> & { readonly hasSecret: boolean }

/** The fields that were given, each read once. A field that is undefined is absent. */
type Fields = ReadonlyMap<string, unknown>

const draftKeys: readonly string[] = [
  'subject',
  'title',
  'url',
  'events',
  'dialect',
  'active',
  'skipCertificateVerification',
  'secret',
  'order',
]
const patchKeys = draftKeys.filter((key) => key !== 'subject')

/** What a draft need not say. A draft says everything else. */
const defaults: Fields = new Map<string, unknown>([
  ['title', ''],
  ['events', ['repo:push']],
  ['dialect', 'bitbucket-cloud'],
  ['active', true],
  ['skipCertificateVerification', false],
  ['secret', null],
  ['order', 'none'],
])

/**
 * A new subscription from unknown input. Only `undefined` counts as absent; a `secret` of null is none.
 * @throws {InvalidInputError} naming the field and the rule it breaks
 */
export function parseSubscriptionDraft(
  input: unknown,
  dialects: ReadonlyMap<string, Dialect>,
): ParsedSubscription {
  const given = new Map([...defaults, ...readFields(input, draftKeys)])
  const draft: ParsedSubscription = {
    subject: parseSubjectRef(given.get('subject')),
    title: parseTitle(given.get('title')),
    url: parseWebhookUrl(given.get('url')),
    events: parseEvents(given.get('events')),
    dialect: parseDialect(given.get('dialect'), dialects),
    active: parseBoolean('active', given.get('active')),
    skipCertificateVerification: parseBoolean(
      'skipCertificateVerification',
      given.get('skipCertificateVerification'),
    ),
    secret: parseSecret(given.get('secret')),
    order: parseOrder(given.get('order')),
  }
  checkTogether(draft, draft.secret.kind === 'set')
  return draft
}

/**
 * A changed subscription from what it is and unknown input. Fields that are absent or undefined stay; a `secret` of null is
 * removed.
 * @throws {InvalidInputError} naming the field and the rule it breaks
 */
export function parseSubscriptionPatch(
  input: unknown,
  current: CurrentSubscription,
  dialects: ReadonlyMap<string, Dialect>,
): ParsedSubscription {
  const given = readFields(input, patchKeys)
  function change<Value>(key: string, stays: Value, parse: (value: unknown) => Value): Value {
    return given.has(key) ? parse(given.get(key)) : stays
  }
  const changed: ParsedSubscription = {
    subject: current.subject,
    title: change('title', current.title, parseTitle),
    url: change('url', current.url, parseWebhookUrl),
    events: change('events', current.events, parseEvents),
    dialect: change('dialect', current.dialect, (value) => parseDialect(value, dialects)),
    active: change('active', current.active, (value) => parseBoolean('active', value)),
    skipCertificateVerification: change(
      'skipCertificateVerification',
      current.skipCertificateVerification,
      (value) => parseBoolean('skipCertificateVerification', value),
    ),
    secret: change<SecretChange>('secret', { kind: 'keep' }, parseSecret),
    order: change('order', current.order, parseOrder),
  }
  const { kind } = changed.secret
  checkTogether(changed, kind === 'set' || (kind === 'keep' && current.hasSecret))
  return changed
}

/** The rules that tie fields to the dialect. */
function checkTogether({ dialect, subject, events }: ParsedSubscription, hasSecret: boolean): void {
  const { rules } = dialect
  if (!rules.subjectTypes.includes(subject.type)) {
    throw invalid(
      'subject.type',
      `Expected \`subject.type\` to be one of ${rules.subjectTypes.join(', ')} with ${dialect.name}, got ${subject.type}.`,
    )
  }
  const uncarried = events.find((key) => !rules.eventKeys.includes(key))
  if (uncarried !== undefined) {
    throw invalidEvents(
      `Expected \`events\` to hold only events that ${dialect.name} carries (${rules.eventKeys.join(', ')}), got ${uncarried}.`,
    )
  }
  if (rules.signatureHeader === null && hasSecret) {
    throw invalid(
      'secret',
      `Expected no \`secret\` with ${dialect.name}, which has no signature; set it to null.`,
    )
  }
}

/** The own fields of a plain object. Anything else would be taken for an object without fields, and change nothing in silence. */
function readFields(input: unknown, known: readonly string[]): Fields {
  if (!isPlainObject(input)) {
    const got = describeType(input)
    throw invalid(
      'subscription',
      `Expected a subscription to be a plain object, got ${got === 'an object' ? 'an instance of a class' : got}.`,
    )
  }
  const fields = new Map(readEntries(input))
  for (const [key, value] of fields) {
    if (!known.includes(key)) throw unknownField(key, known)
    if (value === undefined) fields.delete(key)
  }
  return fields
}

function readEntries(input: object): readonly (readonly [string, unknown])[] {
  try {
    return Object.entries(input)
  } catch (cause) {
    throw invalid('subscription', 'Expected a subscription to be readable, but reading it threw.', cause)
  }
}

/** Whether it is an object literal or came from JSON, in any realm. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function unknownField(key: string, known: readonly string[]): InvalidInputError {
  const hint =
    key === 'subject' ? 'The subject of a subscription cannot change.' : `Known: ${known.join(', ')}.`
  return invalid(key.slice(0, 60), `Unknown field ${describeValue(key)} of a subscription. ${hint}`)
}
