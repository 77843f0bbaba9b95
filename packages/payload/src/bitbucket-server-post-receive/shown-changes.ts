import type { Commit, FileChange } from '@posthorn/core'
import { jsonLength } from '../cut/json-length.ts'
import type { WireContext } from './context.ts'
import { shownSourcePath, toFileChange } from './file-change.ts'
import type { WireFileChange, WireLink, WirePath } from './wire.ts'

/** The first changes of commits as a body shows them, made once for several tries at that body. */
export type MadeChanges = Map<Commit, MadeChange[]>

interface MadeChange {
  readonly shown: WireFileChange
  readonly leastBytes: number
}

/** What a change takes at least, for its keys and hashes alone; and what it came from. */
const leastChangeBytes = 280
const leastSourceBytes = 60

/**
 * The first changes of a commit, as many as the bounds allow; fewer if the room is spent meanwhile.
 * @param commitLink that no file follows
 */
export function toShownChanges(
  commit: Commit,
  commitLink: WireLink,
  context: WireContext,
): readonly WireFileChange[] {
  const { bounds, made, repositoryUrl, room } = context
  const values = commit.changes?.values ?? []
  const known = made === null ? null : madeOf(commit, made)
  const shown = takeKnown(known ?? [], context)
  while (shown.length < bounds.maxChanges && !room.isSpent) {
    const change = values[shown.length]
    if (change === undefined) break
    const leastBytes = leastBytesOf(change)
    room.take(leastBytes)
    if (room.isSpent) break
    const one = toFileChange(change, commit.hash, repositoryUrl)
    const escapeBytes = leastEscapeBytes(one, commitLink)
    room.take(escapeBytes)
    shown.push(one)
    known?.push({ shown: one, leastBytes: leastBytes + escapeBytes })
  }
  return shown
}

function madeOf(commit: Commit, made: MadeChanges): MadeChange[] {
  const known = made.get(commit) ?? []
  made.set(commit, known)
  return known
}

function takeKnown(known: readonly MadeChange[], { bounds, room }: WireContext): WireFileChange[] {
  return room.takeList(known, bounds.maxChanges, ({ shown, leastBytes }) => {
    room.take(leastBytes)
    return shown
  })
}

/** A path stands there as a whole, in its components, in parent and name, and in the link; that it came from, everywhere but there. */
function leastBytesOf(change: FileChange): number {
  const sourcePath = shownSourcePath(change)
  const ofSource = sourcePath === null ? 0 : leastSourceBytes + 3 * sourcePath.length
  return leastChangeBytes + 4 * change.path.length + ofSource
}

/** What a change takes beyond its least, at least: nothing for a path that a link need not encode, as most are. */
function leastEscapeBytes({ path, srcPath, link }: WireFileChange, commitLink: WireLink): number {
  const encodedLength = link.url.length - commitLink.url.length - '#'.length
  const { length } = path.toString
  const ofPath = encodedLength === length ? 0 : encodedLength - length + leastPathEscapeBytes(path)
  return ofPath + (srcPath === undefined ? 0 : leastPathEscapeBytes(srcPath))
}

/** A slash takes three bytes between components, and none between parent and name. */
function leastPathEscapeBytes({ components, toString: path }: WirePath): number {
  return 3 * (jsonLength(path) - path.length) + Math.max(0, 2 * (components.length - 1) - 1)
}
