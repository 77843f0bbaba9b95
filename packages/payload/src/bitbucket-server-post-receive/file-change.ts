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
  const { contentId, isExecutable: executable, kind, wasExecutable: srcExecutable } = change
  const path = toPath(change.path)
  const type = changeTypes[kind]
  const nodeType = change.nodeType === 'submodule' ? 'SUBMODULE' : 'FILE'
  const link = toCommitLink(repositoryUrl, hash, change.path)
  // One literal for each shape: spreading takes several times longer, and there are many changes.
  if (kind === 'add') return { contentId, path, executable, percentUnchanged: -1, type, nodeType, link }
  if (kind === 'delete') return { contentId, path, percentUnchanged: -1, type, nodeType, srcExecutable, link }
  const percentUnchanged = kind === 'modify' ? -1 : (change.similarity ?? -1)
  const sourcePath = shownSourcePath(change)
  if (sourcePath === null) {
    return { contentId, path, executable, percentUnchanged, type, nodeType, srcExecutable, link }
  }
  const srcPath = toPath(sourcePath)
  return { contentId, path, executable, percentUnchanged, type, nodeType, srcPath, srcExecutable, link }
}

/** Where a file came from, if it was moved or copied. */
export function shownSourcePath({ kind, sourcePath }: FileChange): string | null {
  return kind === 'move' || kind === 'copy' ? sourcePath : null
}

function toPath(path: string): WirePath {
  const slash = path.lastIndexOf('/')
  const components = path.split('/')
  const parent = path.slice(0, Math.max(0, slash))
  const name = path.slice(slash + 1)
  const extension = toExtension(name)
  if (extension === '') return { components, parent, name, toString: path }
  return { components, parent, name, extension, toString: path }
}

/** What follows the last dot, also in `.gitignore`; empty if nothing does. Source: bodies captured in 2017. */
function toExtension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? '' : name.slice(dot + 1)
}
