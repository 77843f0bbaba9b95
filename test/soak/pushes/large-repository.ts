import type { GitRepository } from '@posthorn/test-kit/git-repository'

/** What a repository has that large pushes are made of. */
export interface LargeRepository {
  /** A line of commits, the newest first. */
  readonly line: readonly string[]
  /** A commit that adds many files to `root`. */
  readonly wide: string
  readonly root: string
  /** A commit with a message of many bytes, on top of the line. */
  readonly wordy: string
}

/** What {@link fillRepository} writes. */
export interface LargeCounts {
  readonly commits: number
  readonly files: number
  readonly messageBytes: number
}

export async function fillRepository(
  repository: GitRepository,
  counts: LargeCounts,
): Promise<LargeRepository> {
  const line = await importLine(repository, counts.commits, (index) =>
    toFile(`file-${index % 10}`, String(index)),
  )
  const [wide = '', root = ''] = await importLine(repository, 2, (index) =>
    index === 0 ? '' : toFiles(counts.files),
  )
  const [tip = ''] = line
  const tree = (await repository.git(['rev-parse', `${tip}^{tree}`])).toString().trim()
  const person = 'A <a@b> 1800000000 +0000'
  const headers = `tree ${tree}\nparent ${tip}\nauthor ${person}\ncommitter ${person}\n\n`
  const wordy = await repository.writeObject('commit', headers + 'x'.repeat(counts.messageBytes))
  return { line, wide, root, wordy }
}

async function importLine(
  repository: GitRepository,
  count: number,
  files: (index: number) => string,
): Promise<readonly string[]> {
  const ref = 'refs/import/line'
  const commits = Array.from({ length: count }, (_, index) => {
    const reset = index === 0 ? `reset ${ref}\n` : ''
    return `${reset}commit ${ref}\ncommitter A <a@b> ${1_700_000_000 + index} +0000\ndata 2\nx\n${files(index)}\n`
  })
  await repository.git(['fast-import', '--quiet', '--force'], commits.join(''))
  return (await repository.git(['rev-list', ref])).toString('latin1').trim().split('\n')
}

function toFiles(count: number): string {
  return Array.from({ length: count }, (_, index) => toFile(`dir-${index % 100}/file-${index}`, '')).join('')
}

function toFile(path: string, content: string): string {
  return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`
}
