import type { Commit, FileChange, Identity, Page } from './commit.ts'
import {
  listInTurns,
  longItemsInTurns,
  memberInTurns,
  optionalInTurns,
  type TurnParser,
  weighText,
} from './in-turns.ts'
import { parseAccount } from './parse-entities.ts'
import { boolean, objectId, oneOf, percent, text, time } from './scalars.ts'
import { member, nullable, object, optional, type Parser, record } from './shape.ts'

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

const parseParents = listInTurns(objectId, () => 1)
const parseChanges = optionalInTurns(pageInTurns(listInTurns(parseFileChange, weighChange)))

export const parseCommit: TurnParser<Commit> = function* parseInTurns(value) {
  const given = object(value)
  const hash = member(given, 'hash', objectId)
  const parents = yield* memberInTurns(given, 'parents', parseParents)
  const author = member(given, 'author', parseIdentity)
  const committer = member(given, 'committer', parseIdentity)
  const message = member(given, 'message', text)
  const changes = yield* memberInTurns(given, 'changes', parseChanges)
  if (changes === undefined) return { hash, parents, author, committer, message }
  return { hash, parents, author, committer, message, changes }
}

/** The beginning of a list of commits. */
export const parseCommitPage: TurnParser<Page<Commit>> = pageInTurns(
  longItemsInTurns(parseCommit, weighCommit),
)

function weighCommit({ parents, author, committer, message, changes }: Commit): number {
  const weight =
    1 + parents.length + weighIdentity(author) + weighIdentity(committer) + weighText(message.length)
  return (changes?.values ?? []).reduce((sum, change) => sum + weighChange(change), weight)
}

function weighIdentity({ name, emailAddress }: Identity): number {
  return weighText(name.length + emailAddress.length)
}

function weighChange({ path, sourcePath }: FileChange): number {
  return 1 + weighText(path.length + (sourcePath?.length ?? 0))
}

/** The beginning of a list that may be long. */
export function pageInTurns<Item>(parseValues: TurnParser<readonly Item[]>): TurnParser<Page<Item>> {
  return function* parsePage(value) {
    const given = object(value)
    const values = yield* memberInTurns(given, 'values', parseValues)
    return { values, hasMore: member(given, 'hasMore', boolean) }
  }
}
