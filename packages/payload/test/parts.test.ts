import type { BuildContext, Commit, Dialect, DialectCaps, PushEvent, RefUpdate } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import { bitbucketCloud, bitbucketDialects, bitbucketServerPostReceive } from '../src/index.ts'
import { commit, modify, noCommits, objectId, zeroId } from './fixtures/commits.ts'
import { personalProject, repository, site, user } from './fixtures/entities.ts'
import { partsOf } from './fixtures/parts-of.ts'
import { push } from './fixtures/pushes.ts'

const mark = '… [truncated]'

/** Refs of which each was created with so many commits of its own. */
function createdBranches(count: number, commitCount: number, overrides: Partial<Commit> = {}): RefUpdate[] {
  return Array.from({ length: count }, (_, branch) => {
    const values = Array.from({ length: commitCount }, (_, index) =>
      commit(branch * 100 + index + 2, overrides),
    )
    const [newest = commit(2)] = values
    return {
      ref: `refs/heads/branch-${branch}`,
      before: zeroId,
      after: newest.hash,
      isForced: false,
      old: null,
      new: { commit: newest, annotation: null },
      commits: { values, hasMore: false },
    }
  })
}

function build(dialect: Dialect, event: PushEvent, caps: Partial<DialectCaps> = {}): readonly Uint8Array[] {
  const context: BuildContext = { site, variant: 'default', caps: { ...dialect.defaultCaps, ...caps } }
  return partsOf(dialect, event, context)
}

function parse(bytes: Uint8Array | undefined) {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
}

/** The refs that the parts name, in order. */
function refsOf(parts: readonly Uint8Array[]): readonly string[] {
  return parts.flatMap((bytes) => {
    const body = parse(bytes)
    return 'push' in body
      ? body.push.changes.map(
          ({ old, new: now }: { old?: { name: string }; new?: { name: string } }) => (now ?? old)?.name,
        )
      : body.refChanges.map(({ refId }: { refId: string }) => refId.replace('refs/heads/', ''))
  })
}

describe.each(bitbucketDialects)('$name', (dialect) => {
  const { maxBodyBytes } = dialect.defaultCaps

  test('sends 1,000 refs with long names in several parts, each once and in order', () => {
    const updates = createdBranches(1_000, 6).map((update) => ({
      ...update,
      ref: `${update.ref}-${'long-'.repeat(300)}`,
    }))
    const parts = build(dialect, push(updates))
    expect(parts.length).toBeGreaterThan(1)
    expect(refsOf(parts)).toEqual(updates.map(({ ref }) => ref.replace('refs/heads/', '')))
    for (const bytes of parts) expect(bytes.length).toBeLessThanOrEqual(maxBodyBytes)
    const repositories = new Set(parts.map((bytes) => JSON.stringify(parse(bytes).repository)))
    expect(repositories.size).toBe(1)
  })

  test('sends a message of 50 MB cut, and what else was pushed whole', () => {
    const message = `Example subject\n\n${'"\u{1f4e8}<&>\n'.repeat(7_000_000)}`
    const [huge] = createdBranches(1, 3, { message })
    const others = createdBranches(3, 2).slice(1)
    const parts = build(dialect, push([...(huge ? [huge] : []), ...others]))
    expect(parts.map((bytes) => bytes.length <= maxBodyBytes)).toEqual([true, true])
    const [first = '', second = ''] = parts.map((bytes) => JSON.stringify(parse(bytes)))
    expect(first).toContain(mark)
    expect(first).toContain('Example subject')
    expect(second).not.toContain(mark)
    expect(refsOf(parts)).toEqual(['branch-0', 'branch-1', 'branch-2'])
  })

  test('is byte for byte the same under its cap as without one', () => {
    const event = push(createdBranches(3, 3))
    const [whole] = build(dialect, event, { maxBodyBytes: 1_000_000_000 })
    const size = whole?.length ?? 0
    expect(build(dialect, event, { maxBodyBytes: size })).toEqual([whole])
    const [cut] = build(dialect, event, { maxBodyBytes: size - 1 })
    expect(cut?.length).toBeLessThan(size)
  })

  test('takes nothing for longer than it is: a body of the shortest names and links fits into its own size', () => {
    const nobody = { name: '', emailAddress: '', at: 0 }
    const shortest = { author: nobody, committer: nobody, message: '', parents: [] }
    const values = Array.from({ length: 50 }, () => ({ ...modify('', 1), kind: 'add' as const }))
    const changes = { values, hasMore: false }
    const named = createdBranches(100, 1, { ...shortest, changes }).map((update) => ({
      ...update,
      ref: 'refs/heads/',
    }))
    const unnamed = named.map((update) => ({
      ...update,
      ref: 'refs/tags/',
      before: update.after,
      after: zeroId,
      old: { commit: null, annotation: null },
      new: null,
      commits: noCommits,
    }))
    const links = { commit: () => '', branch: () => '', tag: () => '', createPullRequest: () => '' }
    const { workspace, project } = repository
    const to = {
      ...repository,
      slug: '',
      workspace: { ...workspace, slug: '' },
      project: { ...project, key: '' },
    }
    for (const updates of [named, unnamed]) {
      const bodyOf = (bytes: number) =>
        partsOf(dialect, push(updates, to), {
          site: { htmlUrl: '', apiUrl: '', links },
          variant: 'default',
          caps: { ...dialect.defaultCaps, maxBodyBytes: bytes },
        })
      const [whole] = bodyOf(1_000_000_000)
      // By their lengths: bytes that differ would be shown one by one.
      expect(bodyOf(whole?.length ?? 0).map(({ length }) => length)).toEqual([whole?.length])
    }
  })

  test('has a body above the cap when what is never cut is longer than that', () => {
    const [update] = createdBranches(1, 1)
    const long = {
      ...(update ?? createdBranches(1, 1)[0]),
      ref: `refs/heads/${'x'.repeat(5_000)}`,
    } as RefUpdate
    const parts = build(dialect, push([long, ...createdBranches(2, 1).slice(1)]), { maxBodyBytes: 1_000 })
    expect(refsOf(parts)).toEqual(['x'.repeat(5_000), 'branch-1'])
    expect(parts[0]?.length).toBeGreaterThan(5_000)
  })

  test('cuts no text of a ref that is too long by its name alone', () => {
    const [update] = createdBranches(1, 1)
    const long = { ...update, ref: `refs/heads/${'x'.repeat(1_000_000)}` } as RefUpdate
    const context = { site, variant: 'default', caps: dialect.defaultCaps }
    const pauses = Array.from(dialect.build(push([long]), context)).filter((bytes) => bytes === null)
    // As a whole, with fewer changes and with fewer commits, of all refs and of a part; and before the body is made and serialised.
    expect(pauses.length).toBeLessThanOrEqual(7)
  })

  test('does other work before it makes a body above the cap, and before it serialises that', () => {
    const [update] = createdBranches(1, 1)
    const name = `refs/heads/${'x'.repeat(1_000_000)}`
    let readCount = 0
    const long = {
      ...update,
      get ref() {
        readCount += 1
        return name
      },
    } as RefUpdate
    const reads: number[] = []
    const context = { site, variant: 'default', caps: dialect.defaultCaps }
    for (const bytes of dialect.build(push([long]), context)) {
      reads.push(readCount)
      readCount = 0
      if (bytes !== null) break
    }
    // The last turn only serialises what the one before it has made.
    expect(reads.slice(-2)).toEqual([expect.toSatisfy((count: number) => count > 0), 0])
  })

  test('does other work before it has cut a push, and before its first part', () => {
    const [huge] = createdBranches(1, 3, { message: 'x'.repeat(2_000_000) })
    const context = { site, variant: 'default', caps: dialect.defaultCaps }
    const turns = Array.from(dialect.build(push(huge ? [huge] : []), context), (bytes) => bytes !== null)
    expect(turns.slice(0, 2)).toEqual([false, false])
    expect(turns.filter((isPart) => isPart)).toHaveLength(1)
    expect(turns.at(-1)).toBe(true)
  })

  test('sends an empty push in one part, whatever the cap', () => {
    expect(build(dialect, push([]), { maxBodyBytes: 100 })).toHaveLength(1)
  })

  test('has the first part before it has read of most refs', () => {
    const read: number[] = []
    const updates = createdBranches(500, 1).map((update, index) => {
      const { values } = update.commits
      const [only = commit(2)] = values
      const withMessage = Object.defineProperty({ ...only }, 'message', {
        get: () => {
          read.push(index)
          return 'x'.repeat(60_000)
        },
      })
      return {
        ...update,
        new: { commit: withMessage, annotation: null },
        commits: { values: [withMessage], hasMore: false },
      }
    })
    const caps = { ...dialect.defaultCaps, maxBodyBytes: 20_000 }
    const parts = dialect.build(push(updates), { site, variant: 'default', caps })
    let first: Uint8Array | null = null
    for (first of parts) if (first !== null) break
    expect(first?.length).toBeLessThanOrEqual(20_000)
    expect(new Set(read).size).toBeLessThan(200)
  })

  test('sends 20,000 refs', () => {
    const changes = {
      values: Array.from({ length: 3 }, (_, file) => modify(`file-${file}`, file + 1)),
      hasMore: false,
    }
    const parts = build(dialect, push(createdBranches(20_000, 1, { changes })))
    expect(refsOf(parts)).toHaveLength(20_000)
  })
})

describe('a Cloud push over its cap', () => {
  test('loses commits of all changes evenly first, and says so', () => {
    const event = push([...createdBranches(2, 5), ...createdBranches(3, 1).slice(2)])
    const fourEach = build(bitbucketCloud, event, { maxCommits: 4 })[0]?.length ?? 0
    const parts = build(bitbucketCloud, event, { maxBodyBytes: fourEach })
    expect(parts).toHaveLength(1)
    const changes: readonly { truncated: boolean; commits: readonly unknown[] }[] = parse(parts[0]).push
      .changes
    expect(changes.map(({ truncated, commits }) => [truncated, commits.length])).toEqual([
      [true, 4],
      [true, 4],
      [false, 1],
    ])
  })

  test('comes in parts once each change has one commit, each part as full as it can be', () => {
    const event = push(createdBranches(7, 2))
    const three = build(bitbucketCloud, push(event.refUpdates.slice(0, 3)), { maxCommits: 1 })[0]?.length ?? 0
    const parts = build(bitbucketCloud, event, {
      // The numbers of later commits have more digits.
      maxBodyBytes: three + 50,
    })
    expect(parts.map((bytes) => parse(bytes).push.changes.length)).toEqual([3, 3, 1])
    for (const bytes of parts) {
      const { push: pushed, repository: shown, actor } = parse(bytes)
      expect(
        pushed.changes.map(({ truncated, commits }: { truncated: boolean; commits: [] }) => [
          truncated,
          commits.length,
        ]),
      ).toEqual(pushed.changes.map(() => [true, 1]))
      expect([shown.full_name, actor.display_name]).toEqual([
        'example-workspace/example-repository',
        'Example User',
      ])
    }
  })

  test('shows the same cut message raw, in the summary, and rendered', () => {
    const message = `Subject & body\n\n${'line\n'.repeat(20_000)}`
    const [bytes] = build(bitbucketCloud, push(createdBranches(1, 1, { message })))
    const { target } = parse(bytes).push.changes[0].new
    expect(target.message).toMatch(/… \[truncated\]$/)
    expect(target.summary.raw).toBe(target.message)
    expect(target.summary.html).toMatch(/^<p>Subject &amp; body<\/p>\n<p>line\n.*… \[truncated\]<\/p>$/s)
  })

  test('cuts names of persons, and no link', () => {
    const account = { ...user, displayName: 'N'.repeat(300_000) }
    const author = { ...commit(2).author, name: 'A'.repeat(300_000), account }
    const event = { ...push(createdBranches(1, 1, { author })), actor: account }
    const parts = build(bitbucketCloud, event)
    const { actor, push: pushed } = parse(parts[0])
    expect(parts.map(({ length }) => length <= 256_000)).toEqual([true])
    expect(actor.display_name).toMatch(/^N+… \[truncated\]$/)
    expect(pushed.changes[0].commits[0].author.raw).toMatch(/^A+… \[truncated\] <user@example\.com>$/)
    expect(actor.links.html.href).toContain(user.uuid)
  })
})

describe('a Post-Receive push over its cap', () => {
  const changesOf = (count: number) => ({
    values: Array.from({ length: count }, (_, file) => modify(`folder/file-${file}.ts`, file + 1)),
    hasMore: false,
  })

  test('loses changes of all changesets evenly first', () => {
    const event = push(createdBranches(1, 5, { changes: changesOf(10) }))
    const seven = build(bitbucketServerPostReceive, event, { maxChanges: 7 })[0]?.length ?? 0
    const [bytes] = build(bitbucketServerPostReceive, event, { maxBodyBytes: seven + 10 })
    const { changesets } = parse(bytes)
    expect([changesets.size, changesets.isLastPage]).toEqual([5, true])
    for (const { changes, link } of changesets.values) {
      expect([changes.size, changes.limit, changes.isLastPage, changes.values.length]).toEqual([
        7,
        500,
        false,
        7,
      ])
      expect(link.url).toMatch(/file-6\.ts$/)
    }
  })

  test('then loses changesets, from the last', () => {
    const event = push(createdBranches(1, 20, { changes: changesOf(10) }))
    const oneEach = build(bitbucketServerPostReceive, event, { maxChanges: 1 })[0]?.length ?? 0
    const [bytes, ...more] = build(bitbucketServerPostReceive, event, {
      maxBodyBytes: Math.floor(oneEach / 2),
    })
    const { changesets } = parse(bytes)
    expect(more).toEqual([])
    expect(changesets.size).toBeGreaterThan(5)
    expect([changesets.values.length, changesets.limit, changesets.isLastPage]).toEqual([
      changesets.size,
      100,
      false,
    ])
    expect(changesets.values[0].toCommit.id).toBe(objectId(2))
  })

  test('then comes in parts, each with the changesets of its own refs, counted for each part', () => {
    const updates = createdBranches(40, 80).map((update) => ({
      ...update,
      ref: `${update.ref}-${'x'.repeat(2_000)}`,
    }))
    const parts = build(bitbucketServerPostReceive, push(updates), { maxBodyBytes: 50_000 })
    expect(parts.length).toBeGreaterThan(1)
    for (const bytes of parts) {
      const { refChanges, changesets } = parse(bytes)
      const own = new Set(
        updates
          .filter(({ ref }) => refChanges.some(({ refId }: { refId: string }) => refId === ref))
          .flatMap(({ commits: { values } }) => values.map(({ hash }) => hash)),
      )
      const shown: readonly string[] = changesets.values.map(
        ({ toCommit }: { toCommit: { id: string } }) => toCommit.id,
      )
      expect(shown.length).toBeGreaterThan(0)
      expect(shown.filter((hash) => !own.has(hash))).toEqual([])
    }
  })

  test('shows moves out of a folder with a name of 400,000 bytes without them', () => {
    const values = Array.from({ length: 500 }, (_, index) => ({
      ...modify(`moved-${index}`, 1),
      kind: 'move' as const,
      sourcePath: `${'d'.repeat(400_000)}/${index}`,
      similarity: 100,
    }))
    const event = push(createdBranches(1, 1, { changes: { values, hasMore: false } }))
    const parts = build(bitbucketServerPostReceive, event)
    expect(parts.map((bytes) => parse(bytes).changesets.values[0].changes.size)).toEqual([0])
    const [two] = build(bitbucketServerPostReceive, event, { maxBodyBytes: 3_000_000 })
    expect(parse(two).changesets.values[0].changes.size).toBe(2)
  })

  test('rather shows no path than one that is too long for any body', () => {
    const changes = { values: [modify('p'.repeat(300_000), 1)], hasMore: false }
    const parts = build(bitbucketServerPostReceive, push(createdBranches(1, 1, { changes })))
    const [changeset] = parse(parts[0]).changesets.values
    expect(parts[0]?.length).toBeLessThan(5_000)
    expect([changeset.changes.size, changeset.changes.isLastPage, changeset.toCommit.id]).toEqual([
      0,
      false,
      objectId(2),
    ])
  })

  test('rather shows no changeset than a commit of too many parents', () => {
    const parents = Array.from({ length: 20_000 }, (_, index) => objectId(index + 1))
    const parts = build(bitbucketServerPostReceive, push(createdBranches(1, 1, { parents })))
    expect(parts[0]?.length).toBeLessThan(5_000)
    expect(parse(parts[0]).changesets).toMatchObject({ size: 0, isLastPage: false, values: [] })
  })

  test('cuts the name of the owner of a personal project, and no link', () => {
    const owner = { ...user, displayName: 'N'.repeat(2_000_000) }
    const to = { ...repository, project: { ...personalProject, owner } }
    const [bytes] = build(bitbucketServerPostReceive, push(createdBranches(1, 1), to))
    expect(parse(bytes).repository.project.owner.displayName).toMatch(/^N+… \[truncated\]$/)
  })

  test('holds a page without commits where only refs were deleted', () => {
    const deleted = createdBranches(50, 1).map((update) => ({
      ...update,
      before: update.after,
      after: zeroId,
      old: update.new,
      new: null,
      commits: noCommits,
    }))
    const parts = build(bitbucketServerPostReceive, push(deleted), { maxBodyBytes: 2_000 })
    expect(parts.length).toBeGreaterThan(2)
    for (const bytes of parts)
      expect(parse(bytes).changesets).toMatchObject({ size: 0, isLastPage: true, values: [] })
  })
})
