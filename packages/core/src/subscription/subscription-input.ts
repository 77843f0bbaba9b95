import type { Dialect } from '../dialect.ts'
import { InvalidInputError } from '../errors.ts'
import { type EventKey, isEventKey } from '../event/event-key.ts'
import { maxSecretLength, maxTitleLength } from '../limits.ts'
import { parseSubjectRef, type SubjectRef } from '../subject.ts'
import type { SubscriptionOrder } from './subscription.ts'
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

/** What an input does to a secret. A create never keeps one. */
export type SecretChange =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'set'; readonly secret: string }

/** What an update starts from. */
export type CurrentSubscription = Omit<ParsedSubscription, 'secret' | 'target'> & {
  readonly hasSecret: boolean
}

const draftKeys = [
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

/**
 * A new subscription from unknown input.
 * @throws {InvalidInputError} naming the field and the rule it breaks
 */
export function parseSubscriptionDraft(
  input: unknown,
  dialects: ReadonlyMap<string, Dialect>,
): ParsedSubscription {
  const fields = parseFields(input, draftKeys)
  return checkTogether({
    subject: parseSubjectRef(fields.subject),
    title: parseTitle(fields.title ?? ''),
    url: parseWebhookUrl(fields.url),
    events: parseEvents(fields.events ?? ['repo:push']),
    dialect: parseDialect(fields.dialect ?? 'bitbucket-cloud', dialects),
    active: parseBoolean('active', fields.active ?? true),
    skipCertificateVerification: parseBoolean(
      'skipCertificateVerification',
      fields.skipCertificateVerification ?? false,
    ),
    secret: parseSecret(fields.secret ?? null),
    order: parseOrder(fields.order ?? 'none'),
  })
}

/**
 * A changed subscription from what it is and unknown input. Fields that are absent or undefined stay.
 * @throws {InvalidInputError} naming the field and the rule it breaks
 */
export function parseSubscriptionPatch(
  input: unknown,
  current: CurrentSubscription,
  dialects: ReadonlyMap<string, Dialect>,
): ParsedSubscription {
  const fields = parseFields(input, patchKeys)
  const secret: SecretChange = fields.secret === undefined ? { kind: 'keep' } : parseSecret(fields.secret)
  return checkTogether(
    {
      subject: current.subject,
      title: parseTitle(fields.title ?? current.title),
      url: fields.url === undefined ? current.url : parseWebhookUrl(fields.url),
      events: parseEvents(fields.events ?? current.events),
      dialect: parseDialect(fields.dialect ?? current.dialect.name, dialects),
      active: parseBoolean('active', fields.active ?? current.active),
      skipCertificateVerification: parseBoolean(
        'skipCertificateVerification',
        fields.skipCertificateVerification ?? current.skipCertificateVerification,
      ),
      secret,
      order: parseOrder(fields.order ?? current.order),
    },
    current.hasSecret,
  )
}

/** The rules that tie fields to the dialect. */
function checkTogether(subscription: ParsedSubscription, hasSecret = false): ParsedSubscription {
  const { dialect, subject, events, secret } = subscription
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
  const keepsSecret = secret.kind === 'set' || (secret.kind === 'keep' && hasSecret)
  if (rules.signatureHeader === null && keepsSecret) {
    throw invalid(
      'secret',
      `Expected no \`secret\` with ${dialect.name}, which has no signature; set it to null.`,
    )
  }
  return subscription
}

function parseFields(input: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(
      '',
      `Expected a subscription to be an object, got ${Array.isArray(input) ? 'an array' : typeof input}.`,
    )
  }
  for (const key of Object.keys(input)) {
    if (known.includes(key)) continue
    const hint =
      key === 'subject' ? ' The subject of a subscription cannot change.' : ` Known: ${known.join(', ')}.`
    throw invalid(key, `Unknown field \`${key}\` of a subscription.${hint}`)
  }
  return input as Readonly<Record<string, unknown>>
}

function parseTitle(value: unknown): string {
  if (typeof value !== 'string')
    throw invalid('title', `Expected \`title\` to be a string, got ${typeof value}.`)
  if (value.length > maxTitleLength) {
    throw invalid(
      'title',
      `Expected \`title\` to have up to ${maxTitleLength} characters, got ${value.length}.`,
    )
  }
  if (/\p{Cc}/u.test(value))
    throw invalid('title', 'Expected `title` to be one line without control characters.')
  return value
}

function parseEvents(value: unknown): readonly EventKey[] {
  if (!Array.isArray(value)) throw invalidEvents(`Expected \`events\` to be an array, got ${typeof value}.`)
  if (value.length === 0) throw invalidEvents('Expected `events` to hold at least one event, got none.')
  const events: EventKey[] = []
  for (const key of value as readonly unknown[]) {
    if (!isEventKey(key)) {
      const shown = typeof key === 'string' ? JSON.stringify(key.slice(0, 60)) : typeof key
      throw invalidEvents(`Expected \`events\` to hold event keys such as repo:push, got ${shown}.`)
    }
    if (events.includes(key))
      throw invalidEvents(`Expected \`events\` to hold each event once, got ${key} twice.`)
    events.push(key)
  }
  return events
}

function parseDialect(value: unknown, dialects: ReadonlyMap<string, Dialect>): Dialect {
  const dialect = typeof value === 'string' ? dialects.get(value) : undefined
  if (dialect === undefined) {
    const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : typeof value
    throw new InvalidInputError({
      code: 'subscription.dialect-unknown',
      field: 'dialect',
      message: `Expected \`dialect\` to be one of ${[...dialects.keys()].join(', ')}, got ${shown}.`,
    })
  }
  return dialect
}

function parseSecret(value: unknown): SecretChange {
  if (value === null) return { kind: 'remove' }
  if (typeof value !== 'string')
    throw invalid('secret', `Expected \`secret\` to be a string or null, got ${typeof value}.`)
  if (value.length === 0 || value.length > maxSecretLength) {
    throw invalid(
      'secret',
      `Expected \`secret\` to have 1 to ${maxSecretLength} characters, got ${value.length}. Use null for none.`,
    )
  }
  return { kind: 'set', secret: value }
}

function parseOrder(value: unknown): SubscriptionOrder {
  if (value !== 'none' && value !== 'repository')
    throw invalid('order', 'Expected `order` to be none or repository.')
  return value
}

function parseBoolean(field: string, value: unknown): boolean {
  if (typeof value !== 'boolean')
    throw invalid(
      field,
      `Expected \`${field}\` to be true or false, got ${value === null ? 'null' : typeof value}.`,
    )
  return value
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.invalid', field, message })
}

function invalidEvents(message: string): InvalidInputError {
  return new InvalidInputError({ code: 'subscription.events-invalid', field: 'events', message })
}
