import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventKeys } from '../../src/event/event-key.ts'
import { parseEvent, parseEventInTurns } from '../../src/event/parse-event.ts'
import { samplePush, zeroId } from '../samples/sample-push.ts'
import { thrownBy } from '../samples/thrown-by.ts'
import { withMember } from '../samples/with-member.ts'

const pushWith = (path: string, value: unknown) => withMember(samplePush, path, { value })

const sha1 = 'a'.repeat(40)
const sha256 = 'a'.repeat(64)

describe('a push that is as it should be', () => {
  test('comes back as a copy with every member of the model', () => {
    const parsed = parseEvent(samplePush)
    expect(parsed).toStrictEqual(samplePush)
    expect(parsed.refUpdates).not.toBe(samplePush.refUpdates)
  })

  test.for([
    'id',
    'actor.nickname',
    'actor.accountId',
    'actor.emailAddress',
    'actor.type',
    'repository.isForkable',
    'repository.website',
    'repository.parent',
    'repository.project.owner',
    'repository.project.isPrivate',
    'refUpdates.0.headCommits',
    'refUpdates.0.commits.values.0.changes',
    'refUpdates.0.commits.values.0.author.account',
  ])('may lack %s', (path) => {
    const push = withMember(samplePush, path, {})
    expect(parseEvent(push)).toStrictEqual(push)
  })

  test('may have no updates and no known actor', () => {
    const push = { ...samplePush, actor: null, refUpdates: [] }
    expect(parseEvent(push)).toStrictEqual(push)
  })

  test.for([
    ['refUpdates.0.before', sha256],
    ['refUpdates.0.ref', 'refs/heads/ö/✓'],
    ['refUpdates.0.ref', 'refs/heads/\u0080\u0085\u009f\u2028\u2029'],
    ['refUpdates.0.commits.values.0.message', ''],
    ['repository.website', 'https://gate.example'],
    ['id', '~'.repeat(128)],
  ] as const)('may have %s: %o', ([path, value]) => {
    const push = pushWith(path, value)
    expect(parseEvent(push)).toStrictEqual(push)
  })

  test.for([
    'actor.uuid',
    'repository.uuid',
    'repository.project.uuid',
    'repository.project.owner.uuid',
    'repository.workspace.uuid',
    'repository.owner.uuid',
    'repository.parent.uuid',
    'repository.parent.workspace.uuid',
    'refUpdates.0.commits.values.0.author.account.uuid',
  ])('has %s normalised', (path) => {
    const uuid = '0D1F4F4E-7D2F-4C4A-9A3B-1F0C54C0E001'
    const parsed = parseEvent(pushWith(path, `{${uuid}}`))
    expect(parsed).toStrictEqual(pushWith(path, uuid.toLowerCase()))
  })

  test('has what is no Unicode replaced, as Git has what is no UTF-8', () => {
    const push = pushWith('refUpdates.0.commits.values.0.message', 'a\ud800b')
    expect(parseEvent(push).refUpdates[0]?.commits.values[0]?.message).toBe('a\ufffdb')
  })

  test('loses members that the model does not know', () => {
    const push = pushWith('repository.cloneToken', 'x')
    expect(parseEvent(push)).toStrictEqual(samplePush)
  })

  test('no longer hears of what the host does to its object', () => {
    const refUpdates = [...samplePush.refUpdates]
    const parsed = parseEvent({ ...samplePush, refUpdates })
    refUpdates.pop()
    expect(parsed.refUpdates).toHaveLength(1)
  })
})

describe('changed paths', () => {
  const pathsOf = (values: readonly unknown[]) =>
    parseEvent(pushWith('refUpdates.0.changedPaths', { values, hasMore: false })).refUpdates[0]?.changedPaths
      ?.values

  test('are copied with their bytes, whatever these are a view of', () => {
    const memory = Buffer.from('some-path')
    const parsed = pathsOf([memory.subarray(5), new Uint8Array(memory.buffer, memory.byteOffset, 4)])
    memory.fill(0)
    expect(parsed).toStrictEqual([new TextEncoder().encode('path'), new TextEncoder().encode('some')])
  })

  test.for([
    ['a proxy of bytes', new Proxy(new Uint8Array(3), {})],
    ['what only looks like bytes', Object.create(Uint8Array.prototype)],
    ['bytes of another kind', new Uint16Array(3)],
  ] as const)('may not be %s', ([, path]) => {
    expect(thrownBy(() => pathsOf(['a', path]))).toMatchObject({
      code: 'event.invalid',
      field: 'refUpdates[0].changedPaths.values[1]',
      message: expect.stringContaining('a string or a Uint8Array'),
    })
  })

  test('may not be bytes that were given away', () => {
    const bytes = new Uint8Array(3)
    structuredClone(bytes, { transfer: [bytes.buffer] })
    expect(thrownBy(() => pathsOf([bytes]))).toMatchObject({
      code: 'event.invalid',
      field: 'refUpdates[0].changedPaths.values[0]',
    })
  })
})

describe('a push that is parsed in turns', () => {
  const [update] = samplePush.refUpdates
  const [commit] = update?.commits.values ?? []
  const [change] = commit?.changes?.values ?? []
  const many = <Item>(count: number, item: Item) => ({
    values: Array.from({ length: count }, () => item),
    hasMore: false,
  })
  const ofManyCommits = { ...update, commits: many(10_000, { ...commit, changes: undefined }) }
  const ofManyHeads = { ...update, headCommits: ofManyCommits.commits }
  const ofManyChanges = { ...update, commits: many(100, { ...commit, changes: many(100, change) }) }
  const ofManyPaths = { ...update, changedPaths: many(10_000, 'docs/a.md') }
  const bare = { ...commit, changes: undefined }
  const octopus = (count: number) => ({ ...bare, parents: many(count, commit?.hash).values })
  const ofManyParents = { ...update, commits: many(100, octopus(100)) }
  const ofManyParentsOfOne = { ...update, commits: many(1, octopus(10_000)) }
  const ofManyChangesOfOne = { ...update, commits: many(1, { ...commit, changes: many(10_000, change) }) }
  const ofTargetOfManyParents = { ...update, new: { commit: octopus(10_000), annotation: null } }
  const long = 'x'.repeat(1_000_000)
  const ofLongMessages = { ...update, commits: many(100, { ...bare, message: long }) }
  const author = { ...commit?.author, name: long }
  const ofLongNames = { ...update, commits: many(100, { ...bare, author }) }
  const ofLongChanges = {
    ...update,
    commits: many(1, { ...commit, changes: many(100, { ...change, path: long }) }),
  }
  const ofLongChange = {
    ...update,
    commits: many(100, { ...commit, changes: many(1, { ...change, path: long }) }),
  }
  const ofLongPaths = { ...update, changedPaths: many(100, long) }

  test.for([
    ['commits', [ofManyCommits], 20],
    ['commits after it was forced', [ofManyHeads], 20],
    ['changes', [ofManyChanges], 20],
    ['changes of one commit', [ofManyChangesOfOne], 20],
    ['parents', [ofManyParents], 20],
    ['parents of one commit', [ofManyParentsOfOne], 20],
    ['parents of a target', [ofTargetOfManyParents], 20],
    ['long messages', [ofLongMessages], 20],
    ['long names', [ofLongNames], 20],
    ['long paths of changes', [ofLongChanges], 20],
    ['commits with a long path', [ofLongChange], 20],
    ['paths', [ofManyPaths], 20],
    ['long paths', [ofLongPaths], 20],
    ['refs', Array.from({ length: 20 }, () => update), 20],
  ] as const)(
    'lets other work have its turn among many %s, and is the same',
    async ([, refUpdates, least]) => {
      const push = { ...samplePush, refUpdates }
      let asked = 0
      let waited = 0
      const parsed = await parseEventInTurns(push, () => {
        asked += 1
        return Promise.resolve().then(() => {
          waited += 1
        })
      })
      expect([asked >= least, waited]).toEqual([true, asked])
      expect(parsed).toStrictEqual(parseEvent(push))
    },
  )

  test('is read before the function returns, as long as no turn has lasted too long', async () => {
    const push = { ...samplePush }
    const parsing = parseEventInTurns(push, () => null)
    push.refUpdates = []
    expect(await parsing).toStrictEqual(samplePush)
  })

  test('is refused as any other, wherever it is wrong', async () => {
    const values = [...ofManyCommits.commits.values, { ...commit, hash: 'abc' }]
    const push = { ...samplePush, refUpdates: [{ ...update, commits: { values, hasMore: false } }] }
    await expect(parseEventInTurns(push, () => Promise.resolve())).rejects.toMatchObject({
      code: 'event.invalid',
      field: 'refUpdates[0].commits.values[10000].hash',
    })
  })
})

describe('a push that a careless host made', () => {
  test.for([
    ['actor', undefined, 'actor'],
    ['actor.uuid', 'mira', 'actor.uuid'],
    ['actor.id', '7', 'actor.id'],
    ['actor.id', 7.5, 'actor.id'],
    ['actor.id', 7n, 'actor.id'],
    ['actor.name', undefined, 'actor.name'],
    ['actor.emailAddress', null, 'actor.emailAddress'],
    ['actor.type', 'bot', 'actor.type'],
    ['repository', undefined, 'repository'],
    ['repository', [], 'repository'],
    ['repository.id', '11', 'repository.id'],
    ['repository.id', Number.NaN, 'repository.id'],
    ['repository.id', 2 ** 53, 'repository.id'],
    ['repository.isPrivate', 'false', 'repository.isPrivate'],
    ['repository.project', undefined, 'repository.project'],
    ['repository.project', null, 'repository.project'],
    ['repository.project.key', 3, 'repository.project.key'],
    ['repository.workspace', undefined, 'repository.workspace'],
    ['repository.owner', undefined, 'repository.owner'],
    ['repository.uuid', '11', 'repository.uuid'],
    ['repository.uuid', { toString: () => sha1 }, 'repository.uuid'],
    ['refUpdates', undefined, 'refUpdates'],
    ['refUpdates', { length: 1 }, 'refUpdates'],
    ['refUpdates', Array.from({ length: 1 }), 'refUpdates[0]'],
    ['refUpdates.0.ref', 'main', 'refUpdates[0].ref'],
    ['refUpdates.0.ref', 'refs/', 'refUpdates[0].ref'],
    ['refUpdates.0.ref', 'refs/heads/a\r\nX-Evil: 1', 'refUpdates[0].ref'],
    ['refUpdates.0.ref', 'refs/heads/a\x1f', 'refUpdates[0].ref'],
    ['refUpdates.0.ref', 'refs/heads/a\x7f', 'refUpdates[0].ref'],
    ['refUpdates.0.before', null, 'refUpdates[0].before'],
    ['refUpdates.0.before', sha1.toUpperCase(), 'refUpdates[0].before'],
    ['refUpdates.0.before', sha1.slice(1), 'refUpdates[0].before'],
    ['refUpdates.0.after', `${sha1}\n`, 'refUpdates[0].after'],
    ['refUpdates.0.isForced', 1, 'refUpdates[0].isForced'],
    ['refUpdates.0.old', null, 'refUpdates[0].old'],
    ['refUpdates.0.new', null, 'refUpdates[0].new'],
    ['refUpdates.0.before', zeroId, 'refUpdates[0].old'],
    ['refUpdates.0.after', zeroId, 'refUpdates[0].new'],
    ['refUpdates.0.new.commit', undefined, 'refUpdates[0].new.commit'],
    ['refUpdates.0.new.annotation.message', null, 'refUpdates[0].new.annotation.message'],
    ['refUpdates.0.commits', undefined, 'refUpdates[0].commits'],
    ['refUpdates.0.commits', [], 'refUpdates[0].commits'],
    ['refUpdates.0.commits.hasMore', undefined, 'refUpdates[0].commits.hasMore'],
    ['refUpdates.0.commits.values.0.hash', 'abc', 'refUpdates[0].commits.values[0].hash'],
    ['refUpdates.0.commits.values.0.parents', [null], 'refUpdates[0].commits.values[0].parents[0]'],
    ['refUpdates.0.commits.values.0.author.at', 8.64e15 + 1, 'refUpdates[0].commits.values[0].author.at'],
    ['refUpdates.0.commits.values.0.author.at', '2026', 'refUpdates[0].commits.values[0].author.at'],
    [
      'refUpdates.0.commits.values.0.changes.values.0.kind',
      'rename',
      'refUpdates[0].commits.values[0].changes.values[0].kind',
    ],
    [
      'refUpdates.0.commits.values.0.changes.values.0.similarity',
      101,
      'refUpdates[0].commits.values[0].changes.values[0].similarity',
    ],
    ['id', '', 'id'],
    ['id', 7, 'id'],
    ['id', null, 'id'],
    ['id', 'push\n1', 'id'],
    ['id', 'push-1\n', 'id'],
    ['id', 'push 1', 'id'],
    ['id', 'püsh', 'id'],
    ['id', 'x'.repeat(129), 'id'],
  ] as const)('is refused with %s being %o, and the error names %s', ([path, value, field]) => {
    const error = thrownBy(() => parseEvent(pushWith(path, value)))
    expect(error).toMatchObject({ code: 'event.invalid', field })
    expect(error.message).toMatch(/^Expected `.+` to be .+, got .+\.$/)
    expect(error.message).toContain(`\`${field}\``)
  })

  test.for([null, undefined, 'repo:push', 1, [], [samplePush], () => samplePush])(
    'is refused when it is %o',
    (input) =>
      expect(thrownBy(() => parseEvent(input))).toMatchObject({ code: 'event.invalid', field: 'event' }),
  )
})

describe('an event of another kind', () => {
  test.for([
    ...eventKeys.filter((key) => key !== 'repo:push'),
    '__proto__',
    'constructor',
    'host',
    '',
    undefined,
    null,
    1n,
    Symbol('repo:push'),
    { toString: () => 'repo:push', toJSON: () => expect.fail('called') },
  ])('is refused by its key: %o', (key) => {
    expect(thrownBy(() => parseEvent({ ...samplePush, key }))).toMatchObject({
      code: 'event.unknown-key',
      field: 'key',
    })
  })
})

describe('a hostile host', () => {
  test.for(['key', 'actor', 'repository.project.key', 'refUpdates.0', 'refUpdates.0.commits.values.0.hash'])(
    'whose getter of %s throws gets an error with the path and the cause',
    (path) => {
      const cause = new Error('not today')
      const push = withMember(samplePush, path, {
        get() {
          throw cause
        },
      })
      const error = thrownBy(() => parseEvent(push))
      expect(error).toMatchObject({ code: 'event.invalid', cause })
      expect(error.field).toBe(path.replaceAll(/\.(\d+)/g, '[$1]'))
    },
  )

  test('cannot pass one value to the check and another to the use', () => {
    const answers = [samplePush.repository.slug, '../../other']
    const repository = Object.defineProperty({ ...samplePush.repository }, 'slug', {
      enumerable: true,
      get: () => answers.shift(),
    })
    expect(parseEvent({ ...samplePush, repository }).repository.slug).toBe(samplePush.repository.slug)
  })

  test('cannot switch the key between the look-up and the check', () => {
    const keys = ['repo:push', 'repo:fork']
    const push = Object.defineProperty({ ...samplePush }, 'key', { get: () => keys.shift() })
    expect(thrownBy(() => parseEvent(push)).field).toBe('key')
  })

  test.for([
    ['', 'key'],
    ['actor', 'actor'],
    ['refUpdates', 'refUpdates'],
    ['refUpdates.0', 'refUpdates[0]'],
    ['refUpdates.0.commits.values.0.parents', 'refUpdates[0].commits.values[0].parents'],
  ] as const)('cannot make %s a proxy that was revoked', ([path, field]) => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const error = thrownBy(() => parseEvent(path === '' ? proxy : pushWith(path, proxy)))
    expect(error).toMatchObject({ code: 'event.invalid' })
    expect(error.field?.startsWith(field)).toBe(true)
  })

  test('cannot reach a prototype', () => {
    const push: unknown = JSON.parse(
      `{ "__proto__": { "polluted": 1 }, ${JSON.stringify(samplePush).slice(1)}`,
    )
    const parsed = parseEvent(push)
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(parsed).toStrictEqual(samplePush)
  })

  test('is told in few words, however much it sent', () => {
    const push = pushWith('id', 'x'.repeat(1_000_000))
    expect(thrownBy(() => parseEvent(push)).message.length).toBeLessThan(200)
  })

  test('gets an event or a refusal for any data whatever', () => {
    const paths = fc.constantFrom(
      'key',
      'id',
      'actor',
      'repository',
      'repository.project',
      'repository.uuid',
      'refUpdates',
      'refUpdates.0',
      'refUpdates.0.ref',
      'refUpdates.0.new',
      'refUpdates.0.commits.values',
      'refUpdates.0.commits.values.0.author',
    )
    const value = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true })
    fc.assert(
      fc.property(paths, value, (path, member) => {
        const push = path.includes('.') ? pushWith(path, member) : { ...samplePush, [path]: member }
        try {
          expect(parseEvent(push)).toHaveProperty('key', 'repo:push')
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^event\./))
        }
      }),
      { numRuns: 500 },
    )
  })
})

test('takes a push of 10,000 refs, and finds the one that is wrong', () => {
  const [update] = samplePush.refUpdates
  const refUpdates: unknown[] = Array.from({ length: 10_000 }, () => update)
  expect(parseEvent({ ...samplePush, refUpdates }).refUpdates).toHaveLength(10_000)
  refUpdates[9_999] = { ...update, ref: 'HEAD' }
  expect(thrownBy(() => parseEvent({ ...samplePush, refUpdates })).field).toBe('refUpdates[9999].ref')
})
