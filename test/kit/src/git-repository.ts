import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'

/** A bare repository of its own, in a temporary directory that disposing removes. */
export interface GitRepository extends AsyncDisposable {
  readonly gitDir: string
  /** All zeros, of the length of this repository's ids. */
  readonly zeroId: string
  /** Runs git here and gives what it printed. Rejects with what it said if it fails. */
  git(args: readonly string[], input?: string | Uint8Array): Promise<Buffer>
  /** Writes commits with one process, and gives their ids in order. */
  commit(...commits: readonly CommitPlan[]): Promise<readonly string[]>
  /** Writes an object from its bytes, however odd, and gives its id. */
  writeObject(type: 'blob' | 'tree' | 'commit' | 'tag', bytes: string | Uint8Array): Promise<string>
  /** Writes an annotated tag object (no ref) and gives its id. */
  annotate(tag: AnnotationPlan): Promise<string>
  setRef(ref: string, id: string): Promise<void>
}

/** How a repository is made. */
export interface GitRepositoryOptions {
  /** @default 'sha1' */
  readonly objectFormat?: 'sha1' | 'sha256'
  /** @default 'main' */
  readonly defaultBranch?: string
}

/** A commit to be. */
export interface CommitPlan {
  /** Ids, or places in this call's list of commits. The first gives the tree that `files` changes. @default [] */
  readonly parents?: readonly (string | number)[]
  /** By path; null deletes. @default {} */
  readonly files?: Readonly<Record<string, FilePlan | null>>
  /** For paths that are not UTF-8. @default [] */
  readonly rawFiles?: readonly { readonly path: Uint8Array; readonly file: FilePlan | null }[]
  /** @default 'Commit\n' */
  readonly message?: string | Uint8Array
  /** The `encoding` header. @default none */
  readonly encoding?: string
  /** @default 'Author <author@example.com>' */
  readonly author?: string | Uint8Array
  /** Epoch seconds of author and committer. @default a minute after the commit planned before it in this repository */
  readonly at?: number
}

/** A file, by its content; or with a mode, where a submodule's content is the id of its commit. */
export type FilePlan =
  | string
  | Uint8Array
  | { readonly mode: '100644' | '100755' | '120000' | '160000'; readonly content: string | Uint8Array }

/** An annotated tag to be. */
export interface AnnotationPlan {
  readonly name: string
  readonly target: string
  /** @default 'commit' */
  readonly targetType?: 'blob' | 'tree' | 'commit' | 'tag'
  /** @default 'Tag\n' */
  readonly message?: string
  /** The whole value of the header; null for none. @default 'Tagger <tagger@example.com> 1700000000 +0000' */
  readonly tagger?: string | null
}

const defaultAuthor = 'Author <author@example.com>'
const defaultTagger = 'Tagger <tagger@example.com> 1700000000 +0000'

/** Commits are imported without a ref; the import needs one, and deletes it at its end. */
const importRef = 'refs/import/tip'

/** Identities and dates are fixed, so that the same plans always give the same ids. */
export async function createGitRepository(options: GitRepositoryOptions = {}): Promise<GitRepository> {
  const { objectFormat = 'sha1', defaultBranch = 'main' } = options
  const parent = await mkdtemp(join(tmpdir(), 'posthorn-git-'))
  const gitDir = join(parent, 'repository.git')
  const git = (args: readonly string[], input: string | Uint8Array = '') =>
    run(['--git-dir', gitDir, ...args], input)
  const writeObject: GitRepository['writeObject'] = async (type, bytes) =>
    toId(await git(['hash-object', '-w', '--literally', '-t', type, '--stdin'], bytes))
  const zeroId = '0'.repeat(objectFormat === 'sha1' ? 40 : 64)
  let clock = 1_700_000_000
  await run([
    'init',
    '--quiet',
    '--bare',
    `--object-format=${objectFormat}`,
    `--initial-branch=${defaultBranch}`,
    gitDir,
  ])

  return {
    gitDir,
    zeroId,
    git,
    writeObject,
    commit: async (...commits) => {
      const marks = join(parent, 'marks')
      const stream = commits.map((commit, index) => {
        clock = commit.at ?? clock + 60
        return toImportCommand(commit, index + 1, clock)
      })
      const input = Buffer.concat([...stream, Buffer.from(`reset ${importRef}\nfrom ${zeroId}\n\n`)])
      await git(['fast-import', '--quiet', '--force', `--export-marks=${marks}`], input)
      return readMarks(marks)
    },
    annotate: async ({ name, target, targetType = 'commit', message = 'Tag\n', tagger = defaultTagger }) => {
      const taggerLine = tagger === null ? '' : `tagger ${tagger}\n`
      return writeObject(
        'tag',
        `object ${target}\ntype ${targetType}\ntag ${name}\n${taggerLine}\n${message}`,
      )
    },
    setRef: async (ref, id) => {
      await git(['update-ref', ref, id])
    },
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  }
}

/** A commit in the format of git-fast-import(1). */
function toImportCommand(plan: CommitPlan, mark: number, at: number): Buffer {
  const {
    parents = [],
    files = {},
    rawFiles = [],
    message = 'Commit\n',
    encoding,
    author = defaultAuthor,
  } = plan
  const [from, ...merged] = parents.map((parent) => (typeof parent === 'number' ? `:${parent + 1}` : parent))
  const named = Object.entries(files).map(([path, file]) => ({ path: Buffer.from(path), file }))
  return concat(
    `reset ${importRef}\ncommit ${importRef}\nmark :${mark}\n`,
    concat('author ', author, ` ${at} +0000\n`),
    concat('committer ', author, ` ${at} +0000\n`),
    encoding === undefined ? '' : `encoding ${encoding}\n`,
    toImportData(message),
    from === undefined ? '' : `from ${from}\n`,
    ...merged.map((parent) => `merge ${parent}\n`),
    ...[...named, ...rawFiles].map(({ path, file }) => toImportFile(path, file)),
    '\n',
  )
}

function toImportFile(path: Uint8Array, file: FilePlan | null): Buffer {
  const quoted = `"${Array.from(path, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`
  if (file === null) return concat(`D ${quoted}\n`)
  const isContent = typeof file === 'string' || file instanceof Uint8Array
  const { mode, content } = isContent ? { mode: '100644', content: file } : file
  if (mode === '160000') return concat(`M ${mode} `, content, ` ${quoted}\n`)
  return concat(`M ${mode} inline ${quoted}\n`, toImportData(content))
}

function toImportData(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content)
  return concat(`data ${bytes.length}\n`, bytes, '\n')
}

function concat(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

/** Lines of `:mark id`, in no order. */
async function readMarks(path: string): Promise<readonly string[]> {
  const ids: string[] = []
  for (const line of (await readFile(path, 'latin1')).trimEnd().split('\n')) {
    const [mark = '', id = ''] = line.slice(1).split(' ')
    ids[Number(mark) - 1] = id
  }
  return ids
}

function toId(output: Buffer): string {
  return output.toString('latin1').trim()
}

function run(args: readonly string[], input: string | Uint8Array = ''): Promise<Buffer> {
  const env = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_AUTHOR_NAME: 'Author',
    GIT_AUTHOR_EMAIL: 'author@example.com',
    GIT_AUTHOR_DATE: '1700000000 +0000',
    GIT_COMMITTER_NAME: 'Author',
    GIT_COMMITTER_EMAIL: 'author@example.com',
    GIT_COMMITTER_DATE: '1700000000 +0000',
  }
  const child = spawn('git', args, { env, stdio: 'pipe' })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  // What it did not read, its status will explain.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(output))
      else
        reject(
          new Error(`git ${args.join(' ')} ended with ${status}: ${Buffer.concat(errors).toString('utf8')}`),
        )
    })
  })
}
