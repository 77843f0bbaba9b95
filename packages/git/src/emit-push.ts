import {
  createUuidV5,
  createUuidV7,
  invalidOption,
  type PushEvent,
  parseMembers,
  parseUuid,
  type Repository,
  systemClock,
} from '@posthorn/core'
import { type PushUpdate, parsePushUpdates } from './push-update.ts'
import { readPush } from './read-push.ts'
import { type ReadPushOptions, readPushNames } from './read-push-options.ts'

/** What {@link emitPush} needs of an emitter. */
export interface PushEmitter<Receipt, EmitOptions = never, Skipped = unknown> {
  /** Whether anybody would hear a push to this repository, and how deep it must be read for them. */
  interest(repository: Repository, key: 'repo:push'): Promise<PushInterest<Skipped>>
  emit(event: PushEvent, options?: EmitOptions): Promise<Receipt>
}

/** Who hears a push, summed up. */
export interface PushInterest<Skipped = unknown> {
  readonly any: boolean
  readonly maxCommits: number
  readonly maxChanges: number
  /** Whether somebody filters by path. @default false */
  readonly changedPaths?: boolean
  /** Who asked for pushes and gets none, whatever they are. @default [] */
  readonly skipped?: readonly Skipped[]
}

/** What {@link emitPush} is called with. */
export interface EmitPushOptions<EmitOptions = never> extends Omit<ReadPushOptions, 'detail' | 'id'> {
  /**
   * Names this push among those that moved the same refs in the same way, so that telling of it twice emits it once; for
   * example an id that the hook made and spooled with its lines. Of 1 to 1,024 characters.
   * @default none: every call is a push of its own
   */
  readonly pushId?: string
  /** Handed on to `emit`, such as `{ depth }` or `{ transaction }`. @default none */
  readonly emit?: EmitOptions
}

/** The receipt of a push that nobody hears. */
export interface UnheardReceipt<Skipped = unknown> {
  readonly eventId: string
  readonly repeated: false
  readonly committed: true
  readonly deliveries: readonly []
  /** As the emitter's `interest` tells. */
  readonly skipped: readonly Skipped[]
}

const emitPushNames = [
  ...readPushNames.filter((name) => name !== 'detail' && name !== 'id'),
  'pushId',
  'emit',
]

const maxPushIdLength = 1_024

/**
 * Reads a push, as deep as its hearers want it, and emits it. If nobody hears it, no git process is started and nothing is
 * stored: the receipt is made here rather than by emitting a push that was not read, since a subscription created between
 * the question and the emit would be sent that empty push. So it never says `repeated`, also not of a push that somebody heard before.
 * @throws {GitError} also `git.updates-invalid` when nobody would hear the push
 * @throws {InvalidInputError} `option.unknown`; `option.invalid` for a `pushId` too, whoever hears the push
 */
export async function emitPush<Receipt, EmitOptions = never, Skipped = unknown>(
  emitter: PushEmitter<Receipt, EmitOptions, Skipped>,
  options: EmitPushOptions<EmitOptions>,
): Promise<Receipt | UnheardReceipt<Skipped>> {
  parseMembers('', options, emitPushNames)
  const { pushId, emit, ...readOptions } = options
  const { repository } = options
  const updates = parsePushUpdates(options.updates)
  const id = pushId === undefined ? undefined : toPushEventId(repository.uuid, updates, parsePushId(pushId))
  const {
    any,
    maxCommits,
    maxChanges,
    changedPaths = false,
    skipped = [],
  } = await emitter.interest(repository, 'repo:push')
  if (!any) {
    const eventId = id ?? createUuidV7(systemClock.now())
    return { eventId, repeated: false, committed: true, deliveries: [], skipped }
  }
  const event = await readPush({
    ...readOptions,
    detail: { maxCommits, maxChanges, changedPaths },
    ...(id === undefined ? {} : { id }),
  })
  return emitter.emit(event, emit)
}

function parsePushId(value: unknown): string {
  if (typeof value === 'string' && value.length >= 1 && value.length <= maxPushIdLength) return value
  throw invalidOption('pushId', `a string of 1 to ${maxPushIdLength} characters`, value)
}

/** The same for the same push to the same repository, told with the same `pushId`. */
function toPushEventId(repositoryUuid: string, updates: readonly PushUpdate[], pushId: string): string {
  const lines = updates.map(({ ref, before, after }) => [ref, before, after])
  return createUuidV5(
    `posthorn:push:${JSON.stringify([parseUuid(repositoryUuid, 'repository.uuid'), lines, pushId])}`,
  )
}
