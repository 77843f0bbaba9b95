import { type RefVerb, toRefAction } from '../display/ref-action.ts'

/** What a receiver understood of a body. */
export interface PushBody {
  readonly dialect: 'bitbucket-cloud' | 'bitbucket-server-post-receive'
  /** What happened to each ref, such as `create main`. */
  readonly refActions: string
}

type Fields = Readonly<Record<string, unknown>>

const verbByChangeType: Readonly<Record<string, RefVerb>> = {
  ADD: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
}

/** @throws {Error} if the text is not the JSON of a push in one of the two dialects */
export function parsePushBody(text: string): PushBody {
  const body = parseFields(JSON.parse(text), 'body')
  return body.push === undefined
    ? { dialect: 'bitbucket-server-post-receive', refActions: join(body.refChanges, parseRefChange) }
    : { dialect: 'bitbucket-cloud', refActions: join(parseFields(body.push, 'push').changes, parseChange) }
}

/** One of `push.changes`: a forced update is marked as such. */
function parseChange({ old, new: now, created, closed, forced }: Fields): string {
  const { type, name } = parseFields(now ?? old, 'new')
  const ref = `${type === 'tag' ? 'refs/tags' : 'refs/heads'}/${String(name)}`
  return toRefAction(created ? 'create' : closed ? 'delete' : forced ? 'force' : 'update', ref)
}

/** One of `refChanges`, which cannot tell a forced update from another. */
function parseRefChange({ refId, type }: Fields): string {
  const verb = verbByChangeType[String(type)]
  if (verb === undefined)
    throw new Error(`Expected a change to be ADD, UPDATE or DELETE, got ${String(type)}.`)
  return toRefAction(verb, String(refId))
}

function join(items: unknown, parseItem: (item: Fields) => string): string {
  if (!Array.isArray(items)) throw new Error('Expected the changes of a push to be an array.')
  return items.map((item) => parseItem(parseFields(item, 'change'))).join(', ')
}

function parseFields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null) throw new Error(`Expected \`${name}\` to be an object.`)
  return value as Fields
}
