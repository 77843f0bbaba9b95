import { Mismatch } from './mismatch.ts'
import { pageOf, parseCommit, parseIdentity } from './parse-commit.ts'
import { parseAccount, parseRepository } from './parse-entities.ts'
import { isZeroId, type PushEvent, type RefTarget, type RefUpdate, type TagAnnotation } from './push-event.ts'
import { boolean, changedPath, eventId, objectId, oneOf, refName, text } from './scalars.ts'
import { list, nullable, optional, type Parser, shape } from './shape.ts'

const parseTarget = shape<RefTarget>({
  commit: nullable(parseCommit),
  annotation: nullable(shape<TagAnnotation>({ message: text, tagger: nullable(parseIdentity) })),
})

const parseUpdateMembers = shape<RefUpdate>({
  ref: refName,
  before: objectId,
  after: objectId,
  isForced: boolean,
  old: nullable(parseTarget),
  new: nullable(parseTarget),
  commits: pageOf(parseCommit),
  headCommits: optional(pageOf(parseCommit)),
  changedPaths: optional(pageOf(changedPath)),
})

/** A push event from unknown input. */
export const parsePushEvent: Parser<PushEvent> = shape<PushEvent>({
  key: oneOf('repo:push'),
  id: optional(eventId),
  actor: nullable(parseAccount),
  repository: parseRepository,
  refUpdates: list(parseRefUpdate),
})

function parseRefUpdate(value: unknown): RefUpdate {
  const update = parseUpdateMembers(value)
  checkSide('old', update.old, update.before)
  checkSide('new', update.new, update.after)
  return update
}

/** Bodies say from the target whether a ref was created or deleted, so it must agree with the object id. */
function checkSide(key: 'old' | 'new', target: RefTarget | null, id: string): void {
  if (isZeroId(id) === (target === null)) return
  throw Mismatch.below(
    key,
    target === null
      ? new Mismatch('an object, since there is an object id', 'null')
      : new Mismatch('null, since its object id is all zeros', 'an object'),
  )
}
