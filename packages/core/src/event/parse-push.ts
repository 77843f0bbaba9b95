import {
  listInTurns,
  memberInTurns,
  nullableInTurns,
  optionalInTurns,
  type TurnParser,
  weighText,
} from './in-turns.ts'
import { Mismatch } from './mismatch.ts'
import { pageInTurns, parseCommit, parseCommitPage, parseIdentity } from './parse-commit.ts'
import { parseAccount, parseRepository } from './parse-entities.ts'
import { isZeroId, type PushEvent, type RefTarget, type RefUpdate, type TagAnnotation } from './push-event.ts'
import { boolean, changedPath, eventId, objectId, oneOf, refName, text } from './scalars.ts'
import { array, member, nullable, object, optional, shape } from './shape.ts'

const parseTargetCommit = nullableInTurns(parseCommit)
const parseAnnotation = nullable(shape<TagAnnotation>({ message: text, tagger: nullable(parseIdentity) }))

const parseTarget: TurnParser<RefTarget | null> = nullableInTurns(function* parse(value) {
  const given = object(value)
  const commit = yield* memberInTurns(given, 'commit', parseTargetCommit)
  return { commit, annotation: member(given, 'annotation', parseAnnotation) }
})

const parseUpdateMembers = shape<Pick<RefUpdate, 'ref' | 'before' | 'after' | 'isForced'>>({
  ref: refName,
  before: objectId,
  after: objectId,
  isForced: boolean,
})

const parseHeadCommits = optionalInTurns(parseCommitPage)
const parseChangedPaths = optionalInTurns(
  pageInTurns(listInTurns(changedPath, (path) => 1 + weighText(path.length))),
)

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
  const oldTarget = yield* memberInTurns(given, 'old', parseTarget)
  const newTarget = yield* memberInTurns(given, 'new', parseTarget)
  checkSide('old', oldTarget, members.before)
  checkSide('new', newTarget, members.after)
  const commits = yield* memberInTurns(given, 'commits', parseCommitPage)
  const headCommits = yield* memberInTurns(given, 'headCommits', parseHeadCommits)
  const changedPaths = yield* memberInTurns(given, 'changedPaths', parseChangedPaths)
  return {
    ...members,
    old: oldTarget,
    new: newTarget,
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
