import type { Commit, DialectCaps, FileChange, Page, Repository } from '@posthorn/core'
import { toCommitLink } from './links.ts'
import type { WireChangeset, WireCommitId, WireFileChange, WirePage, WirePath } from './wire.ts'

const displayIdLength = 7

const changeTypes = {
  add: 'ADD',
  modify: 'MODIFY',
  delete: 'DELETE',
  move: 'MOVE',
  copy: 'COPY',
} as const satisfies Record<FileChange['kind'], WireFileChange['type']>

/** The page of commits, each with a page of what it changed against its first parent. */
export function toChangesets(
  commits: Page<Commit>,
  repository: Repository,
  caps: DialectCaps,
): WirePage<WireChangeset> {
  return toPage(commits, caps.maxCommits, (commit) => toChangeset(commit, repository, caps))
}

function toChangeset(commit: Commit, repository: Repository, caps: DialectCaps): WireChangeset {
  const { author, hash, parents } = commit
  // Changes that were not read may be any number.
  const changes = commit.changes ?? { values: [], hasMore: true }
  const lastShown = changes.values.slice(0, caps.maxChanges).at(-1)
  return {
    // A root commit has no parent; all zeros is how the vendor says "nothing" elsewhere in the body.
    fromCommit: toCommitId(parents[0] ?? '0'.repeat(hash.length)),
    toCommit: {
      ...toCommitId(hash),
      author: { name: author.name, emailAddress: author.emailAddress },
      authorTimestamp: author.at,
      // Messages on the wire end without the newline that Git stores. Source: the sample, and bodies captured in 2017.
      message: commit.message.replace(/\n+$/, ''),
      parents: parents.map(toCommitId),
    },
    changes: toPage(changes, caps.maxChanges, (change) => toFileChange(change, hash, repository)),
    // The vendor's link of a changeset leads to the last file on its page, in the sample and in captured bodies.
    link: toCommitLink(repository, hash, lastShown?.path),
  }
}

/**
 * One path that a commit changed. The mode of a file that is not there is left out: no `executable` after a deletion, no
 * `srcExecutable` before an addition. Source: bodies captured in 2017.
 */
function toFileChange(change: FileChange, hash: string, repository: Repository): WireFileChange {
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
    link: toCommitLink(repository, hash, change.path),
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

function toCommitId(id: string): WireCommitId {
  return { id, displayId: id.slice(0, displayIdLength) }
}

/** The first page of a list. `size` counts the values on it. */
function toPage<Item, Value>(
  { values, hasMore }: Page<Item>,
  limit: number,
  convert: (item: Item) => Value,
): WirePage<Value> {
  const shown = values.slice(0, limit).map(convert)
  return {
    size: shown.length,
    limit,
    isLastPage: !hasMore && shown.length === values.length,
    values: shown,
    start: 0,
    filter: null,
  }
}
