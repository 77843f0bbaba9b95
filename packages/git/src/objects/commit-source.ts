import type { Commit } from '@posthorn/core'
import type { GitSession } from '../process/git-session.ts'
import { type CommitNode, toNodeBytes } from './commit-node.ts'
import type { ObjectPath, ObjectReader } from './object-reader.ts'
import { parseCommit, parseCommitNode } from './parse-object.ts'

/** Commits by id, each read once for a walk and, if it is shown, once more with its message. */
export interface CommitSource {
  /** The node if it is known; null if there is no such commit; undefined if it was not asked for. */
  node(hash: string): CommitNode | null | undefined
  /**
   * @param aheadCount how many first-parent ancestors of each are read in the same breath: a walk that waits for one commit
   * at a time waits longer than git works
   */
  loadNodes(hashes: readonly string[], aheadCount: number): Promise<void>
  /** How many nodes are known. */
  nodeCount(): number
  /**
   * A commit with its message; its node is then known too.
   * @param id of a commit, or of a tag that leads to one
   * @returns null if there is no such commit
   */
  readCommit(id: string): Promise<Commit | null>
  /**
   * Takes what was read in another way.
   * @param commit null if only the node is known
   */
  add(node: CommitNode, commit: Commit | null): void
}

/** Messages are kept only of commits that are shown, so that a long walk costs little memory. */
export function createCommitSource(session: GitSession, objects: ObjectReader): CommitSource {
  const nodes = new Map<string, CommitNode | null>()
  const loading = new Map<string, Promise<void>>()
  const commits = new Map<string, Promise<Commit | null>>()

  async function loadNode(hash: string, aheadCount: number): Promise<void> {
    const ahead = Array.from({ length: aheadCount }, (_, index): ObjectPath => `~${index + 1}`)
    // Each is parsed as it comes, so that no more than one is kept whole.
    const [own] = await Promise.all([loadOne(hash, '^{commit}'), ...ahead.map((path) => loadOne(hash, path))])
    nodes.set(hash, own)
    loading.delete(hash)
  }

  async function loadOne(hash: string, path: ObjectPath): Promise<CommitNode | null> {
    const object = await objects.read(hash, path)
    return object === null ? null : addNode(parseCommitNode(object))
  }

  function addNode(node: CommitNode): CommitNode {
    if (!nodes.has(node.hash)) session.keep(toNodeBytes(node))
    nodes.set(node.hash, node)
    return node
  }

  async function readCommit(id: string): Promise<Commit | null> {
    const object = await objects.read(id, '^{commit}')
    if (object === null) return null
    session.keep(object.bytes.length)
    addNode(parseCommitNode(object))
    return parseCommit(object)
  }

  return {
    node: (hash) => nodes.get(hash),
    nodeCount: () => nodes.size,
    loadNodes: async (hashes, aheadCount) => {
      const missing = hashes.filter((hash) => !nodes.has(hash))
      if (missing.length === 0) return
      await Promise.all(missing.map((hash) => getOrAdd(loading, hash, () => loadNode(hash, aheadCount))))
    },
    readCommit: (id) => getOrAdd(commits, id, () => readCommit(id)),
    add: (node, commit) => {
      addNode(node)
      if (commit !== null) commits.set(commit.hash, Promise.resolve(commit))
    },
  }
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
