import { type CommitPlan, createGitRepository } from '@posthorn/test-kit/git-repository'
import { expect, test } from 'vitest'
import { readUpdate } from './read-updates.ts'

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(typeof part === 'string' ? Buffer.from(part) : part)))

const cases: readonly { title: string; plan: CommitPlan; message: string; name?: string }[] = [
  { title: 'no message', plan: { message: '' }, message: '' },
  { title: 'no final newline', plan: { message: 'One\n\nTwo' }, message: 'One\n\nTwo' },
  { title: 'leading empty lines', plan: { message: '\n\nOne\n' }, message: '\n\nOne\n' },
  { title: 'a byte order mark', plan: { message: '\uFEFFOne\n' }, message: '\uFEFFOne\n' },
  {
    title: 'Latin-1',
    plan: {
      encoding: 'ISO-8859-1',
      message: bytes('Gr', [0xfc, 0xdf], 'e ', [0x80], '\n'),
      author: bytes('J', [0xf6], 'rg <j@example.com>'),
    },
    message: 'Grüße \u0080\n',
    name: 'Jörg',
  },
  {
    title: 'Shift_JIS',
    plan: { encoding: 'Shift_JIS', message: bytes([0x93, 0xfa, 0x96, 0x7b], '\n') },
    message: '日本\n',
  },
  {
    title: 'EUC-JP, with a character that converters differ on',
    plan: { encoding: 'EUC-JP', message: bytes([0xa1, 0xc1], '\n') },
    message: '\uFF5E\n',
  },
  {
    title: 'an alias of Shift_JIS',
    plan: { encoding: 'CP932', message: bytes([0x93, 0xfa], '\n') },
    message: '日\n',
  },
  { title: 'an unknown encoding', plan: { encoding: 'x-nobody', message: 'Grüße\n' }, message: 'Grüße\n' },
  {
    title: 'an encoding that it is not in',
    plan: { encoding: 'Shift_JIS', message: bytes([0xff], 'x\n') },
    message: '\uFFFDx\n',
  },
  {
    title: 'bytes that are not UTF-8',
    plan: { message: bytes('a', [0xff, 0xfe], 'b\n') },
    message: 'a\uFFFD\uFFFDb\n',
  },
]

test.for(cases)('a message with $title is read', async ({ plan, message, name }) => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit(plan)

  const { commits } = await readUpdate(repository, { after: only })

  expect(commits.values[0]?.message).toBe(message)
  if (name !== undefined) expect(commits.values[0]?.author.name).toBe(name)
})

test.for(['US-ASCII', 'ascii', 'ANSI_X3.4-1968'])(
  'a message in UTF-8 that calls itself %s is read as UTF-8',
  async (encoding) => {
    await using repository = await createGitRepository()
    const [only = ''] = await repository.commit({ encoding, message: 'Grüße 日\n' })
    expect((await readUpdate(repository, { after: only })).new?.commit?.message).toBe('Grüße 日\n')
  },
)

test.for(['l1', 'cp819', 'ISO88591', 'ISO_8859-1:1987', 'IBM819'])(
  'a message in Latin-1 by the name of %s is read as Git reads it',
  async (encoding) => {
    await using repository = await createGitRepository()
    const message = bytes('a', [0x85, 0x9a, 0xfc], 'b\n')
    const [only = ''] = await repository.commit({ encoding, message })
    const read = await readUpdate(repository, { after: only })
    expect(read.new?.commit?.message).toBe('a\u0085\u009a\u00fcb\n')
  },
)

const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const person = 'A B <a@b> 1700000000 +0000'

const oddCommits = [
  {
    title: 'no name',
    author: '<a@b> 1700000000 +0000',
    expected: { name: '', emailAddress: 'a@b', at: 1.7e12 },
  },
  {
    title: 'a zone of half an hour',
    author: 'A <a@b> 1700000000 -0930',
    expected: { name: 'A', emailAddress: 'a@b', at: 1.7e12 },
  },
  {
    title: 'brackets within',
    author: 'A <a<b> c> 1700000000 +0000',
    expected: { name: 'A', emailAddress: 'a<b', at: 1.7e12 },
  },
  { title: 'no date', author: 'A <a@b>', expected: { name: 'A', emailAddress: 'a@b', at: 0 } },
  {
    title: 'a date before 1970',
    author: 'A <a@b> -5 +0000',
    expected: { name: 'A', emailAddress: 'a@b', at: 0 },
  },
  {
    title: 'a date beyond all calendars',
    author: `A <a@b> ${'9'.repeat(18)} +0000`,
    expected: { name: 'A', emailAddress: 'a@b', at: 0 },
  },
  {
    title: 'a zone that there is nowhere',
    author: 'A <a@b> 1700000000 +9999',
    expected: { name: 'A', emailAddress: 'a@b', at: 1.7e12 },
  },
  {
    title: 'a date and no zone',
    author: 'A <a@b> 1700000000',
    expected: { name: 'A', emailAddress: 'a@b', at: 0 },
  },
  {
    title: 'a date after 2106',
    author: 'A <a@b> 99999999999 +0000',
    expected: { name: 'A', emailAddress: 'a@b', at: 99_999_999_999_000 },
  },
  {
    title: 'nothing but brackets',
    author: ' <> 1700000000 +0000',
    expected: { name: '', emailAddress: '', at: 1.7e12 },
  },
  {
    title: 'space that is none to Git',
    author: '\u00a0A\u3000 \t<ü@b> 1700000000 +0000',
    expected: { name: '\u00a0A\u3000', emailAddress: 'ü@b', at: 1.7e12 },
  },
  {
    title: 'spaces without end',
    author: `A${' '.repeat(100_000)}B <a@b> 1700000000 +0000`,
    expected: { name: `A${' '.repeat(100_000)}B`, emailAddress: 'a@b', at: 1.7e12 },
  },
  { title: 'no brackets', author: 'Nobody', expected: { name: 'Nobody', emailAddress: '', at: 0 } },
]

test.for(oddCommits)('an author with $title is read', async ({ author, expected }) => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const id = await repository.writeObject(
    'commit',
    `tree ${tree}\nauthor ${author}\ncommitter ${person}\n\nOdd\n`,
  )

  const { commits } = await readUpdate(repository, { after: id })

  expect(commits.values[0]).toMatchObject({ hash: id, author: expected, message: 'Odd\n' })
})

test('committers and authors with bytes that are not UTF-8 are read with replacement characters', async () => {
  await using repository = await createGitRepository()
  const [only = ''] = await repository.commit({ author: bytes('J', [0xf6], 'rg <j', [0xff], '@b>') })
  const { commits } = await readUpdate(repository, { after: only })
  const person = { name: 'J\uFFFDrg', emailAddress: 'j\uFFFD@b' }
  expect(commits.values[0]).toMatchObject({ author: person, committer: person })
})

test('a signature is not part of the message, nor is what looks like a header in it', async () => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const signature = 'gpgsig -----BEGIN\n \n author Evil <e@e> 1 +0000\n -----END'
  const id = await repository.writeObject(
    'commit',
    `tree ${tree}\nauthor ${person}\ncommitter ${person}\n${signature}\n\nauthor Evil <e@e> 1 +0000\n`,
  )

  const { commits } = await readUpdate(repository, { after: id })

  expect(commits.values[0]).toMatchObject({
    author: { name: 'A B' },
    message: 'author Evil <e@e> 1 +0000\n',
    parents: [],
  })
})

test('a signature of any size is not part of the message, and takes nothing from it', async () => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const signature = `gpgsig -----BEGIN\n${` ${'x'.repeat(70)}\n`.repeat(19_000)} -----END`
  const write = (message: string) =>
    repository.writeObject(
      'commit',
      `tree ${tree}\nauthor ${person}\ncommitter ${person}\n${signature}\nencoding UTF-8\n\n${message}`,
    )
  const small = await readUpdate(repository, { after: await write('Small\n') })
  expect(small.new?.commit).toMatchObject({ author: { name: 'A B' }, message: 'Small\n' })
  const huge = await readUpdate(repository, { after: await write('日'.repeat(400_000)) })
  expect(huge.new?.commit?.message).toMatch(/^日{349525}… \[truncated\]$/)
})

test('nor do headers that nobody knows take anything from it', async () => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const extra = `${'x'.repeat(100)} y\n`.repeat(20_000)
  const id = await repository.writeObject(
    'commit',
    `tree ${tree}\nauthor ${person}\ncommitter ${person}\n${extra}\nSmall\n`,
  )
  expect((await readUpdate(repository, { after: id })).new?.commit?.message).toBe('Small\n')
})

test('a message ends at a NUL, as it does for git', async () => {
  await using repository = await createGitRepository()
  await repository.writeObject('tree', '')
  const id = await repository.writeObject(
    'commit',
    `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nSeen\n\0unseen\n`,
  )
  expect((await readUpdate(repository, { after: id })).new?.commit?.message).toBe('Seen\n')
})

test.for(['', 'a', 'aa'])(
  'of a huge message the beginning is kept, cut between characters and marked (%o)',
  async (start) => {
    await using repository = await createGitRepository()
    const [first = '', second = ''] = await repository.commit(
      { message: start + '日'.repeat(500_000) },
      { parents: [0] },
    )

    const { commits } = await readUpdate(repository, { after: second })

    const huge = commits.values.find(({ hash }) => hash === first)?.message ?? ''
    expect(huge).toMatch(/^a*日+… \[truncated\]$/)
    expect(Buffer.byteLength(huge)).toBeGreaterThan(1_000_000)
    expect(Buffer.byteLength(huge)).toBeLessThan(1_100_000)
  },
)
