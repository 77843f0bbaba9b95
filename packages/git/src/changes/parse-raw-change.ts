import type { FileChange } from '@posthorn/core'

const kinds: Readonly<Record<string, FileChange['kind']>> = {
  A: 'add',
  D: 'delete',
  M: 'modify',
  // The type changed, as from file to symlink.
  T: 'modify',
  R: 'move',
  C: 'copy',
}

/** Whether the line of a raw diff is followed by two paths, source and destination. */
export function hasTwoPaths(meta: string): boolean {
  const status = meta.at(meta.lastIndexOf(' ') + 1)
  return status === 'R' || status === 'C'
}

/**
 * One change from the raw format of git-diff(1): `:100644 100755 <id> <id> R086`, then its paths.
 * @param paths the destination last
 */
export function parseRawChange(meta: string, paths: readonly Buffer[]): FileChange {
  const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = meta.slice(1).split(' ')
  const [first, second] = paths.map((path) => path.toString('utf8'))
  const kind = kinds[status.charAt(0)] ?? 'modify'
  return {
    kind,
    path: second ?? first ?? '',
    sourcePath: second === undefined ? null : (first ?? null),
    contentId: kind === 'delete' ? oldId : newId,
    nodeType: toNodeType(kind === 'delete' ? oldMode : newMode),
    isExecutable: newMode === '100755',
    wasExecutable: oldMode === '100755',
    similarity: second === undefined ? null : Number(status.slice(1)),
  }
}

function toNodeType(mode: string): FileChange['nodeType'] {
  if (mode === '120000') return 'symlink'
  return mode === '160000' ? 'submodule' : 'file'
}
