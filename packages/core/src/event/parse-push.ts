import { memberInTurns, optionalInTurns, type TurnParser } from './in-turns.ts'
import { Mismatch } from './mismatch.ts'
import { pageInTurns, parseCommit, parseCommitPage, parseIdentity } from './parse-commit.ts'
import { parseAccount, parseRepository } from './parse-entities.ts'
import { isZeroId, type PushEvent, type RefTarget, type RefUpdate, type TagAnnotation } from './push-event.ts'
import { boolean, changedPath, eventId, objectId, oneOf, refName, text } from './scalars.ts'
import { array, nullable, object, optional, shape } from './shape.ts'

const parseTarget = shape<RefTarget>({
  commit: nullable(parseCommit),
  annotation: nullable(shape<TagAnnotation>({ message: text, tagger: nullable(parseIdentity) })),
})

const parseUpdateMembers = shape<Omit<RefUpdate, 'commits' | 'headCommits' | 'changedPaths'>>({
  ref: refName,
  before: objectId,
  after: objectId,
  isForced: boolean,
  old: nullable(parseTarget),
  new: nullable(parseTarget),
})

const parseHeadCommits = optionalInTurns(parseCommitPage)
const parseChangedPaths = optionalInTurns(pageInTurns(changedPath, () => 1))

const parsePushMembers = shape<Omit<PushEvent, 'refUpdates'>>({
  key: oneOf('repo:push'),
  id: optional(eventId),
  actor: nullable(parseAccount),
  repository: parseRepository,
})

/** A push event from unknown input. */
export const parsePushEvent: TurnParser<PushEvent> = function* parsePush(value) {
  const given = object(value)
  const members = parsePushMembers(given)
  return { ...members, refUpdates: yield* memberInTurns(given, 'refUpdates', parseRefUpdates) }
}

function* parseRefUpdates(value: unknown): Generator<null, readonly RefUpdate[]> {
  const given = array(value)
  const updates: RefUpdate[] = []
  for (let index = 0; index < given.length; index += 1) {
    updates.push(yield* memberInTurns(given, index, parseRefUpdate))
    yield null
  }
  return updates
}

function* parseRefUpdate(value: unknown): Generator<null, RefUpdate> {
  const given = object(value)
  const members = parseUpdateMembers(given)
  checkSide('old', members.old, members.before)
  checkSide('new', members.new, members.after)
  const commits = yield* memberInTurns(given, 'commits', parseCommitPage)
  const headCommits = yield* memberInTurns(given, 'headCommits', parseHeadCommits)
  const changedPaths = yield* memberInTurns(given, 'changedPaths', parseChangedPaths)
  return {
    ...members,
    commits,
    ...(headCommits === undefined ? {} : { headCommits }),
    ...(changedPaths === undefined ? {} : { changedPaths }),
  }
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
