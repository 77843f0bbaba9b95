import type { Commit, FileChange } from '@posthorn/core'
import type { GitRepository } from '@posthorn/test-kit/git-repository'

const fieldEnd = '\x1f'

/** What `git log --raw -M -C` says of a range. For messages and paths without the two characters that stand between its fields. */
export async function logWithGit(
  repository: GitRepository,
  ...range: readonly string[]
): Promise<readonly Commit[]> {
  const format = '--format=%x1e%H%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B%x1f'
  const args = ['log', '--raw', '-z', '-M', '-C', '--no-abbrev', '--diff-merges=first-parent']
  const output = (await repository.git([...args, format, ...range])).toString('latin1')
  return output.split('\x1e').slice(1).map(toCommit)
}

/** Not by a range: where dates lie, git cuts its list of one short. */
export async function isAncestor(repository: GitRepository, low: string, high: string): Promise<boolean> {
  const base = await repository.git(['merge-base', '--all', low, high]).catch(() => '')
  return base.toString().trim() === low
}

function toCommit(entry: string): Commit {
  const [hash = '', parents = '', name, mail, at, committer, committerMail, committedAt, message, raw = ''] =
    entry.split(fieldEnd)
  return {
    hash,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: { name: toText(name), emailAddress: toText(mail), at: Number(at) * 1_000 },
    committer: {
      name: toText(committer),
      emailAddress: toText(committerMail),
      at: Number(committedAt) * 1_000,
    },
    message: toText(message),
    changes: { values: toChanges(raw), hasMore: false },
  }
}

/** Of a raw diff with NULs: a line of facts, then one path, or two of a rename or a copy. */
function toChanges(raw: string): readonly FileChange[] {
  const fields = raw.replace(/^[\0\n]+/, '').split('\0')
  const changes: FileChange[] = []
  while (fields.length > 1) {
    const meta = fields.shift() ?? ''
    const pathCount = /[RC]\d+$/.test(meta) ? 2 : 1
    changes.push(toChange(meta, fields.splice(0, pathCount).map(toText)))
  }
  return changes
}

const kinds = new Map<string, FileChange['kind']>([
  ['A', 'add'],
  ['D', 'delete'],
  ['R', 'move'],
  ['C', 'copy'],
])

function toChange(meta: string, [first = '', second]: readonly string[]): FileChange {
  const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = meta.slice(1).split(' ')
  const mode = newMode === '000000' ? oldMode : newMode
  return {
    kind: kinds.get(status.charAt(0)) ?? 'modify',
    path: second ?? first,
    sourcePath: second === undefined ? null : first,
    contentId: status === 'D' ? oldId : newId,
    nodeType: mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file',
    isExecutable: newMode === '100755',
    wasExecutable: oldMode === '100755',
    similarity: second === undefined ? null : Number(status.slice(1)),
  }
}

function toText(bytes = ''): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
