import { isZeroId, type RefTarget } from '@posthorn/core'
import type { GitSession } from '../process/git-session.ts'
import type { CommitSource } from './commit-source.ts'
import type { ObjectReader } from './object-reader.ts'
import { parseTagAnnotation } from './parse-object.ts'

/** What {@link readTarget} reads with. */
export interface TargetReader {
  readonly session: GitSession
  readonly objects: ObjectReader
  readonly commits: CommitSource
}

/**
 * What an object id of an update stands for. Git peels (`^{commit}`), so a tag of a tag costs no more than a commit, and
 * the blob that a tag may lead to is never read. The annotation is that of the outermost tag, the one the ref names.
 * @returns null if the id is all zeros; a target without commit if the object is no commit, or is gone
 */
export async function readTarget(reader: TargetReader, ref: string, id: string): Promise<RefTarget | null> {
  const { session, objects, commits } = reader
  if (isZeroId(id)) return null
  // Git lets no branch point to a tag (`refs.c`: "trying to write non-commit object to branch").
  const mayBeTag = !ref.startsWith('refs/heads/') && commits.node(id)?.hash !== id
  const [commit, tag] = await Promise.all([
    commits.readCommit(id),
    mayBeTag ? objects.read(id, '^{tag}') : null,
  ])
  if (tag === null) return { commit, annotation: null }
  session.keep(tag.bytes.length)
  return { commit, annotation: parseTagAnnotation(tag) }
}
