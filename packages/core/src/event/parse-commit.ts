import type { Commit, FileChange, Identity, Page } from './commit.ts'
import { listInTurns, memberInTurns, type TurnParser } from './in-turns.ts'
import { parseAccount } from './parse-entities.ts'
import { boolean, objectId, oneOf, percent, text, time } from './scalars.ts'
import { list, member, nullable, object, optional, type Parser, record, shape } from './shape.ts'

const parseOptionalAccount = optional(parseAccount)

export const parseIdentity: Parser<Identity> = record<Identity>((given) => {
  const name = member(given, 'name', text)
  const emailAddress = member(given, 'emailAddress', text)
  const at = member(given, 'at', time)
  const account = member(given, 'account', parseOptionalAccount)
  return account === undefined ? { name, emailAddress, at } : { name, emailAddress, at, account }
})

const parseKind = oneOf('add', 'modify', 'delete', 'move', 'copy')
const parseSourcePath = nullable(text)
const parseNodeType = oneOf('file', 'symlink', 'submodule')
const parseSimilarity = nullable(percent)

const parseFileChange = record<FileChange>((given) => ({
  kind: member(given, 'kind', parseKind),
  path: member(given, 'path', text),
  sourcePath: member(given, 'sourcePath', parseSourcePath),
  contentId: member(given, 'contentId', objectId),
  nodeType: member(given, 'nodeType', parseNodeType),
  isExecutable: member(given, 'isExecutable', boolean),
  wasExecutable: member(given, 'wasExecutable', boolean),
  similarity: member(given, 'similarity', parseSimilarity),
}))

const parseParents = list(objectId)
const parseChanges = optional(shape<Page<FileChange>>({ values: list(parseFileChange), hasMore: boolean }))

export const parseCommit: Parser<Commit> = record<Commit>((given) => {
  const hash = member(given, 'hash', objectId)
  const parents = member(given, 'parents', parseParents)
  const author = member(given, 'author', parseIdentity)
  const committer = member(given, 'committer', parseIdentity)
  const message = member(given, 'message', text)
  const changes = member(given, 'changes', parseChanges)
  if (changes === undefined) return { hash, parents, author, committer, message }
  return { hash, parents, author, committer, message, changes }
})

/** The beginning of a list of commits. */
export const parseCommitPage: TurnParser<Page<Commit>> = pageInTurns(
  parseCommit,
  ({ changes }) => 1 + (changes?.values.length ?? 0),
)

/** The beginning of a list that may be long. @param weigh how many objects an item consists of */
export function pageInTurns<Item>(
  parseItem: Parser<Item>,
  weigh: (item: Item) => number,
): TurnParser<Page<Item>> {
  const parseValues = listInTurns(parseItem, weigh)
  return function* parsePage(value) {
    const given = object(value)
    const values = yield* memberInTurns(given, 'values', parseValues)
    return { values, hasMore: member(given, 'hasMore', boolean) }
  }
}
