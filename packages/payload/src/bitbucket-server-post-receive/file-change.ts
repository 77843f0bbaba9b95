import type { FileChange } from '@posthorn/core'
import { toCommitLink } from './links.ts'
import type { WireFileChange, WirePath } from './wire.ts'

const changeTypes = {
  add: 'ADD',
  modify: 'MODIFY',
  delete: 'DELETE',
  move: 'MOVE',
  copy: 'COPY',
} as const satisfies Record<FileChange['kind'], WireFileChange['type']>

/**
 * One path that a commit changed. The mode of a file that is not there is left out: no `executable` after a deletion, no
 * `srcExecutable` before an addition. Source: bodies captured in 2017.
 */
export function toFileChange(change: FileChange, hash: string, repositoryUrl: string): WireFileChange {
  const { kind, sourcePath } = change
  return {
    contentId: change.contentId,
    path: toPath(change.path),
    ...(kind === 'delete' ? {} : { executable: change.isExecutable }),
    percentUnchanged: kind === 'move' || kind === 'copy' ? (change.similarity ?? -1) : -1,
    type: changeTypes[kind],
    nodeType: change.nodeType === 'submodule' ? 'SUBMODULE' : 'FILE',
    ...(sourcePath === null ? {} : { srcPath: toPath(sourcePath) }),
    ...(kind === 'add' ? {} : { srcExecutable: change.wasExecutable }),
    link: toCommitLink(repositoryUrl, hash, change.path),
  }
}

function toPath(path: string): WirePath {
  const components = path.split('/')
  const name = components.at(-1) ?? ''
  const extension = toExtension(name)
  return {
    components,
    parent: components.slice(0, -1).join('/'),
    name,
    ...(extension === '' ? {} : { extension }),
    toString: path,
  }
}

/** What follows the last dot, also in `.gitignore`; empty if nothing does. Source: bodies captured in 2017. */
function toExtension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}
