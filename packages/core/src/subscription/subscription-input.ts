import { describeName, isShowableName } from '../describe-value.ts'
import type { Dialect, HeaderPair } from '../dialect.ts'
import type { InvalidInputError } from '../errors.ts'
import type { EventKey } from '../event/event-key.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import type { SubscriptionFilter } from '../filter/subscription-filter.ts'
import { parseSubjectRef, type SubjectRef } from '../subject.ts'
import { type ParsedAuthorization, parseAuthorization } from './authorization.ts'
import type { Change } from './change.ts'
import { type ParsedClientCertificate, parseClientCertificate } from './client-certificate.ts'
import { checkHeadersOfDialects, parseHeaders } from './custom-headers.ts'
import { readPlainObject } from './plain-object.ts'
import { type ParsedStandardWebhooks, parseStandardWebhooks } from './standard-webhooks.ts'
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
  readonly secret: Change<string>
  readonly standardWebhooks: Change<ParsedStandardWebhooks>
  readonly headers: Change<readonly HeaderPair[]>
  readonly auth: Change<ParsedAuthorization>
  readonly tls: Change<ParsedClientCertificate>
  readonly order: SubscriptionOrder
  readonly filter: SubscriptionFilter | null
}

/** What an update starts from. */
export type CurrentSubscription = Omit<
  ParsedSubscription,
  'secret' | 'standardWebhooks' | 'headers' | 'auth' | 'tls'
> & {
  readonly hasSecret: boolean
  readonly headerNames: readonly string[]
}

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
  'standardWebhooks',
  'headers',
  'auth',
  'tls',
  'order',
  'filter',
]
const patchKeys = draftKeys.filter((key) => key !== 'subject')

const keep = { kind: 'keep' } as const

/** What a draft need not say. A draft says everything else. */
const defaults: Fields = new Map<string, unknown>([
  ['title', ''],
  ['events', ['repo:push']],
  ['dialect', 'bitbucket-cloud'],
  ['active', true],
  ['skipCertificateVerification', false],
  ['secret', null],
  ['standardWebhooks', null],
  ['headers', null],
  ['auth', null],
  ['tls', null],
  ['order', 'none'],
  ['filter', null],
])

/**
 * A new subscription from unknown input. Only `undefined` counts as absent.
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
    standardWebhooks: parseStandardWebhooks(given.get('standardWebhooks')),
    headers: parseHeaders(given.get('headers')),
    auth: parseAuthorization(given.get('auth')),
    tls: parseClientCertificate(given.get('tls')),
    order: parseOrder(given.get('order')),
    filter: parseFilter(given.get('filter')),
  }
  checkTogether(draft, { hasSecret: false, headerNames: [] }, dialects)
  return draft
}

/**
 * A changed subscription from what it is and unknown input. Fields that are absent or undefined stay; null removes
 * what can be null.
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
    secret: change<ParsedSubscription['secret']>('secret', keep, parseSecret),
    standardWebhooks: change<ParsedSubscription['standardWebhooks']>(
      'standardWebhooks',
      keep,
      parseStandardWebhooks,
    ),
    headers: change<ParsedSubscription['headers']>('headers', keep, parseHeaders),
    auth: change<ParsedSubscription['auth']>('auth', keep, parseAuthorization),
    tls: change<ParsedSubscription['tls']>('tls', keep, parseClientCertificate),
    order: change('order', current.order, parseOrder),
    filter: change('filter', current.filter, parseFilter),
  }
  checkTogether(changed, current, dialects)
  return changed
}

/** The rules that tie fields to the dialect. */
function checkTogether(
  { dialect, subject, events, secret, headers }: ParsedSubscription,
  current: Pick<CurrentSubscription, 'hasSecret' | 'headerNames'>,
  dialects: ReadonlyMap<string, Dialect>,
): void {
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
  // A receiver may go by the headers of any dialect, whichever its subscription has. Names that were taken before stay.
  const setters = headers.kind === 'set' ? [dialect, ...dialects.values()] : [dialect]
  checkHeadersOfDialects(namesOf(headers, current.headerNames), setters)
  const hasSecret = secret.kind === 'set' || (secret.kind === 'keep' && current.hasSecret)
  if (rules.signatureHeader === null && hasSecret) {
    throw invalid(
      'secret',
      `Expected no \`secret\` with ${dialect.name}, which has no signature; set it to null.`,
    )
  }
}

function namesOf(headers: ParsedSubscription['headers'], current: readonly string[]): readonly string[] {
  switch (headers.kind) {
    case 'keep':
      return current
    case 'remove':
      return []
    case 'set':
      return headers.value.map(([name]) => name)
  }
}

function readFields(input: unknown, known: readonly string[]): Fields {
  const fields = new Map(readPlainObject('subscription', input))
  for (const [key, value] of fields) {
    if (!known.includes(key)) throw unknownField(key, known)
    if (value === undefined) fields.delete(key)
  }
  return fields
}

function unknownField(key: string, known: readonly string[]): InvalidInputError {
  const hint =
    key === 'subject' ? 'The subject of a subscription cannot change.' : `Known: ${known.join(', ')}.`
  return invalid(
    isShowableName(key) ? key : 'subscription',
    `Unknown field ${describeName(key)} of a subscription. ${hint}`,
  )
}
