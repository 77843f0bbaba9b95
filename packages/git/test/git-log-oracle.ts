import type { Commit, FileChange } from '@posthorn/core'
import type { GitRepository } from '@posthorn/test-kit/git-repository'

/** What `git log --raw -M -C` says of a range. For messages and paths of plain ASCII. */
export async function logWithGit(
  repository: GitRepository,
  ...range: readonly string[]
): Promise<readonly Commit[]> {
  const format = '--format=%x1e%H%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B%x1f'
  const args = ['log', '--raw', '-M', '-C', '--no-abbrev', '--diff-merges=first-parent', format, ...range]
  const output = (await repository.git(args)).toString('utf8')
  return output.split('\x1e').slice(1).map(toCommit)
}

function toCommit(entry: string): Commit {
  const [
    hash = '',
    parents = '',
    name = '',
    mail = '',
    at,
    committer = '',
    committerMail = '',
    committedAt,
    message,
    raw,
  ] = entry.split('\x1f')
  const changes = (raw ?? '').split('\n').filter((line) => line.startsWith(':'))
  return {
    hash,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: { name, emailAddress: mail, at: Number(at) * 1_000 },
    committer: { name: committer, emailAddress: committerMail, at: Number(committedAt) * 1_000 },
    message: message ?? '',
    changes: { values: changes.map(toChange), hasMore: false },
  }
}

const kinds = new Map<string, FileChange['kind']>([
  ['A', 'add'],
  ['D', 'delete'],
  ['R', 'move'],
  ['C', 'copy'],
])

function toChange(line: string): FileChange {
  const [meta = '', first = '', second] = line.slice(1).split('\t')
  const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = meta.split(' ')
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
