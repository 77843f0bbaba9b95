import { join } from 'node:path'
import type { BuildContext, PushEvent, RefUpdate, SiteLinks } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import type { WirePushBody, WireRefChange } from '../../src/bitbucket-cloud/wire.ts'
import { bitbucketCloud } from '../../src/index.ts'
import { commit, commits, objectId, target } from '../fixtures/commits.ts'
import { fork, site } from '../fixtures/entities.ts'
import { partsOf } from '../fixtures/parts-of.ts'
import {
  branchCreate,
  branchCreateOfLongMessage,
  branchDelete,
  branchDeleteCommitGone,
  branchForce,
  branchUpdate,
  branchUpdateByMerge,
  branchUpdateOfSix,
  noteUpdate,
  push,
  sha256Update,
  sharedPushes,
  tagAnnotatedDelete,
  tagCreate,
  tagMove,
  tagOfTree,
  tagWithoutTagger,
} from '../fixtures/pushes.ts'
import { describeGoldens, type GoldenCase } from '../golden.ts'

const context: BuildContext = { site, variant: 'default', caps: bitbucketCloud.defaultCaps }

const cases: Readonly<Record<string, GoldenCase>> = {
  ...Object.fromEntries(Object.entries(sharedPushes).map(([name, event]) => [name, { event }])),
  push_truncated: { event: push([branchUpdateOfSix]) },
  push_branch_update_of_fork: { event: push([branchUpdate], fork) },
  push_tag_move: { event: push([tagMove]) },
  push_tag_of_tree: { event: push([tagOfTree]) },
  push_without_actor: { event: { ...push([branchUpdate]), actor: null } },
  push_branch_update_of_five: {
    event: push([{ ...branchUpdate, after: objectId(7), new: target(7), commits: commits(7, 3) }]),
  },
  push_branch_delete_commit_gone: { event: push([branchDeleteCommitGone]) },
  push_merge: { event: push([branchUpdateByMerge]) },
  push_tag_annotated_delete: { event: push([tagAnnotatedDelete]) },
  push_tag_annotated_without_tagger: { event: push([tagWithoutTagger]) },
  push_sha256: { event: push([sha256Update]) },
  push_fewer_commits: { event: push([branchUpdateOfSix, branchCreate]), caps: { maxBodyBytes: 20_000 } },
  push_parts: { event: push([branchUpdateOfSix, tagCreate, branchDelete]), caps: { maxBodyBytes: 12_000 } },
  push_cut_message: { event: push([branchCreateOfLongMessage]), caps: { maxBodyBytes: 8_000 } },
}

describeGoldens(bitbucketCloud, join(import.meta.dirname, 'golden'), cases)

describe('the body of a push', () => {
  test('shows five commits without truncating, and truncates the sixth', () => {
    const five = changeOf({ ...branchUpdate, commits: commits(7, 3) })
    expect([five.truncated, five.commits?.length]).toEqual([false, 5])
    const six = changeOf({ ...branchUpdate, commits: commits(8, 3) })
    expect([six.truncated, six.commits?.length]).toEqual([true, 5])
    expect(hashesOf(six)[0]).toBe(objectId(8))
  })

  test('says that it is truncated when the commits were not all read', () => {
    const change = changeOf({ ...branchUpdate, commits: commits(4, 3, true) })
    expect([change.truncated, change.commits?.length]).toEqual([true, 2])
  })

  test('shows as many commits as the caps allow', () => {
    const change = changeOf(branchUpdate, { ...context, caps: { ...context.caps, maxCommits: 1 } })
    expect([change.truncated, change.commits?.length]).toEqual([true, 1])
  })

  test('shows the range of a forced update where the commits of its head were not read', () => {
    const { headCommits: _, ...withoutHead } = branchForce
    expect(hashesOf(changeOf(withoutHead))).toEqual([objectId(7), objectId(6)])
  })

  test('dates a commit by its committer, not by its author', () => {
    expect(changeOf(branchUpdate).new?.target).toHaveProperty('date', '2026-03-01T14:01:00+00:00')
  })

  test('leaves refs outside refs/heads and refs/tags out of the changes', () => {
    const { changes } = parse(push([noteUpdate, branchUpdate])).push
    expect(changes.map((change) => change.new?.name)).toEqual(['main'])
  })

  test('has no part when every ref lies outside refs/heads and refs/tags', () => {
    expect(partsOf(bitbucketCloud, push([noteUpdate]), context)).toEqual([])
  })

  test('has one part with no changes when the push itself is empty', () => {
    expect(parse(push([])).push).toEqual({ changes: [] })
  })

  test('leaves out the actor when nobody is known', () => {
    expect(parse({ ...push([branchUpdate]), actor: null })).not.toHaveProperty('actor')
  })

  test('shows no date of an annotated tag without a tagger', () => {
    expect(changeOf(tagWithoutTagger).new).toMatchObject({ message: 'Old\n', date: null, tagger: {} })
  })

  test.for([
    {
      title: 'a deleted branch whose commit is gone',
      update: branchDeleteCommitGone,
      side: 'old',
      hash: objectId(3),
    },
    { title: 'a tag of a tree', update: tagOfTree, side: 'new', hash: objectId(0xe1) },
  ] as const)(
    'has a target with a hash for $title, though no commit can be shown',
    ({ update, side, hash }) => {
      const targetShown = changeOf(update)[side]?.target
      expect(targetShown && Object.keys(targetShown)).toEqual(['hash', 'links', 'type'])
      expect(targetShown).toMatchObject({ hash, type: 'commit' })
    },
  )

  test.for([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'is built for a commit of the impossible time %d',
    (at) => {
      const strange = commit(4, { committer: { ...commit(4).committer, at } })
      const change = changeOf({ ...branchUpdate, new: { commit: strange, annotation: null } })
      expect(change.new?.target).toHaveProperty('date', expect.stringMatching(/^(9999|0001)-.*\+00:00$/))
    },
  )
})

describe('links', () => {
  const hostile = 'a#b%25+c&d=e/f?g'
  const encoded = 'a%23b%2525%2Bc%26d%3De/f%3Fg'

  test('keep the slashes of a ref and percent-encode what would bend the URL', () => {
    const links = changeOf({ ...branchCreate, ref: `refs/heads/${hostile}` }).new?.links
    const base = 'example-workspace/example-repository'
    expect(links).toEqual({
      self: { href: `https://git.example.com/2.0/repositories/${base}/refs/branches/${encoded}` },
      commits: { href: `https://git.example.com/2.0/repositories/${base}/commits/${encoded}` },
      html: { href: `https://git.example.com/${base}/branch/${encoded}` },
      pullrequest_create: {
        href: `https://git.example.com/${base}/pull-requests/new?source=${encoded}&t=1`,
      },
    })
    expect(new URL(`https://git.example.com/?source=${encoded}`).searchParams.get('source')).toBe(hostile)
  })

  test('of a tag keep the slashes too', () => {
    const change = changeOf({ ...tagMove, ref: `refs/tags/${hostile}` })
    expect(change.new?.links.html.href).toBe(
      `https://git.example.com/example-workspace/example-repository/commits/tag/${encoded}`,
    )
  })

  test('are those of the host, as they are, where it gives them', () => {
    const own: Required<SiteLinks> = {
      account: () => 'own:account',
      accountAvatar: () => 'own:accountAvatar',
      workspace: () => 'own:workspace',
      workspaceAvatar: () => 'own:workspaceAvatar',
      project: () => 'own:project',
      projectAvatar: () => 'own:projectAvatar',
      repository: () => 'own:repository',
      repositoryAvatar: () => 'own:repositoryAvatar',
      commit: () => 'own:commit',
      branch: () => 'own:branch',
      tag: () => 'own:tag',
      compare: () => 'own:compare',
      createPullRequest: () => 'own:createPullRequest',
    }
    const ownContext = { ...context, site: { ...site, links: own } }
    const hrefs = hrefsOf(parse(push([branchUpdate, branchCreate, tagMove]), ownContext))
    const outsideApi = new Set(hrefs.filter((href) => !href.startsWith(site.apiUrl)))
    expect(outsideApi).toEqual(new Set(Object.keys(own).map((name) => `own:${name}`)))
  })

  test('of a branch that moved name the commits of both sides', () => {
    const update = { ...branchUpdate, old: target(2), new: target(4) }
    expect(changeOf(update).links?.diff?.href).toMatch(
      new RegExp(`/diff/${objectId(4)}\\.\\.${objectId(2)}$`),
    )
  })
})

describe('a team', () => {
  test('is shown by its login name, as a workspace', () => {
    const { owner } = parse(push([branchUpdate], fork)).repository
    expect(Object.keys(owner)).toEqual(['display_name', 'links', 'type', 'uuid', 'username'])
    expect(owner.links.self.href).toContain('/2.0/workspaces/%7B2222')
  })
})

function parse(event: PushEvent, given: BuildContext = context): WirePushBody {
  const [bytes] = partsOf(bitbucketCloud, event, given)
  return JSON.parse(new TextDecoder().decode(bytes)) as WirePushBody
}

function changeOf(update: RefUpdate, given: BuildContext = context): WireRefChange {
  const [change] = parse(push([update]), given).push.changes
  if (change === undefined) throw new Error('The body holds no change.')
  return change
}

function hashesOf({ commits: listed }: WireRefChange): readonly string[] {
  return (listed ?? []).map(({ hash }) => hash)
}

function hrefsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'href' ? [String(inner)] : hrefsOf(inner)))
}
