import type { FileChange } from '@posthorn/core'
import type { WireContext } from './context.ts'
import { toCommitLink } from './links.ts'
import type { WireFileChange, WirePath } from './wire.ts'

const changeTypes = {
  add: 'ADD',
  modify: 'MODIFY',
  delete: 'DELETE',
  move: 'MOVE',
  copy: 'COPY',
} as const satisfies Record<FileChange['kind'], WireFileChange['type']>

/** What a change takes at least, for its keys and hashes alone. */
const leastBytes = 280

/**
 * One path that a commit changed. The mode of a file that is not there is left out: no `executable` after a deletion, no
 * `srcExecutable` before an addition. Source: bodies captured in 2017.
 */
export function toFileChange(
  change: FileChange,
  hash: string,
  { repositoryUrl, room }: WireContext,
): WireFileChange {
  const { kind, path, sourcePath } = change
  // The path stands there as a whole, in its components, in its parent and name, and in the link.
  room.take(leastBytes + 3 * path.length)
  return {
    contentId: change.contentId,
    path: toPath(path),
    ...(kind === 'delete' ? {} : { executable: change.isExecutable }),
    percentUnchanged: kind === 'move' || kind === 'copy' ? (change.similarity ?? -1) : -1,
    type: changeTypes[kind],
    nodeType: change.nodeType === 'submodule' ? 'SUBMODULE' : 'FILE',
    ...(sourcePath === null ? {} : { srcPath: toPath(sourcePath) }),
    ...(kind === 'add' ? {} : { srcExecutable: change.wasExecutable }),
    link: toCommitLink(repositoryUrl, hash, path),
  }
}

function toPath(path: string): WirePath {
  const slash = path.lastIndexOf('/')
  const components = path.split('/')
  const parent = path.slice(0, Math.max(0, slash))
  const name = path.slice(slash + 1)
  const extension = toExtension(name)
  // Not by spreading, which takes several times longer, and there are many paths.
  if (extension === '') return { components, parent, name, toString: path }
  return { components, parent, name, extension, toString: path }
}

/** What follows the last dot, also in `.gitignore`; empty if nothing does. Source: bodies captured in 2017. */
function toExtension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}
