import type { Account } from './entities.ts'

/** An author, committer or tagger as the commit or tag records it. */
export interface Identity {
  readonly name: string
  readonly emailAddress: string
  /** Epoch ms, a whole number of seconds. */
  readonly at: number
  /** The account that the e-mail address belongs to, where the host knows it. */
  readonly account?: Account
}

/** A commit, and what it changed if that was read. */
export interface Commit {
  /** 40 hexadecimal digits, or 64 in a SHA-256 repository. */
  readonly hash: string
  readonly parents: readonly string[]
  readonly author: Identity
  readonly committer: Identity
  /** With the final newline if the commit has one. */
  readonly message: string
  /** What changed against the first parent. Absent when it was not read. */
  readonly changes?: Page<FileChange>
}

/** The beginning of a list. */
export interface Page<Item> {
  readonly values: readonly Item[]
  /** Whether the list goes on behind `values`. */
  readonly hasMore: boolean
}

/** One path that a commit changed. */
export interface FileChange {
  readonly kind: 'add' | 'modify' | 'delete' | 'move' | 'copy'
  readonly path: string
  /** Where it came from, for a move or copy. */
  readonly sourcePath: string | null
  /** The id of the new content; of a deleted path, of the content it had. */
  readonly contentId: string
  readonly nodeType: 'file' | 'symlink' | 'submodule'
  readonly isExecutable: boolean
  readonly wasExecutable: boolean
  /** How much of the content is unchanged, in percent, for a move or copy. */
  readonly similarity: number | null
}
