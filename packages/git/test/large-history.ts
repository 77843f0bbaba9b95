import type { GitRepository } from '@posthorn/test-kit/git-repository'

/** What a commit of an imported line does, in the language of git-fast-import(1). */
export type ImportedFiles = (index: number) => string

const oneOfTen: ImportedFiles = (index) => toFile(`file-${index % 10}`, String(index))

/**
 * Writes many commits on a line, quickly, without a ref.
 * @returns their ids, the newest first
 */
export async function importLine(
  repository: GitRepository,
  count: number,
  toFiles: ImportedFiles = oneOfTen,
): Promise<readonly string[]> {
  const ref = 'refs/import/line'
  const commits = Array.from({ length: count }, (_, index) => {
    const reset = index === 0 ? `reset ${ref}\n` : ''
    return `${reset}commit ${ref}\ncommitter A <a@b> ${1_700_000_000 + index} +0000\ndata 2\nx\n${toFiles(index)}\n`
  })
  await repository.git(['fast-import', '--quiet', '--force'], commits.join(''))
  const ids = (await repository.git(['rev-list', ref])).toString('latin1').trim().split('\n')
  await repository.git(['update-ref', '-d', ref])
  return ids
}

/** Each directory of a wide commit holds so many files, and is the same tree: Git lists them all and stores one. */
const filesPerDirectory = 1_000

/**
 * A commit on a root without files that adds many.
 * @param fileCount a multiple of 1,000
 */
export async function importWide(
  repository: GitRepository,
  fileCount: number,
): Promise<{ readonly root: string; readonly wide: string }> {
  const empty = await repository.writeObject('blob', '')
  const directory = await writeTree(
    repository,
    filesPerDirectory,
    (index) => `100644 blob ${empty}\tfile-${index}`,
  )
  const whole = await writeTree(
    repository,
    fileCount / filesPerDirectory,
    (index) => `040000 tree ${directory}\tdir-${index}`,
  )
  const root = await writeCommit(repository, await writeTree(repository, 0, () => ''))
  return { root, wide: await writeCommit(repository, whole, `parent ${root}\n`) }
}

async function writeTree(
  repository: GitRepository,
  count: number,
  toEntry: (index: number) => string,
): Promise<string> {
  const entries = Array.from({ length: count }, (_, index) => `${toEntry(index)}\n`)
  return (await repository.git(['mktree'], entries.join(''))).toString('latin1').trim()
}

function writeCommit(repository: GitRepository, tree: string, parent = ''): Promise<string> {
  const person = 'A <a@b> 1700000000 +0000'
  return repository.writeObject(
    'commit',
    `tree ${tree}\n${parent}author ${person}\ncommitter ${person}\n\nx\n`,
  )
}

function toFile(path: string, content: string): string {
  return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`
}
