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

/** A commit on a root without files that adds many. @returns root and commit */
export async function importWide(
  repository: GitRepository,
  fileCount: number,
): Promise<{ readonly root: string; readonly wide: string }> {
  const files = Array.from({ length: fileCount }, (_, index) =>
    toFile(`dir-${index % 100}/file-${index}`, ''),
  ).join('')
  const [wide = '', root = ''] = await importLine(repository, 2, (index) => (index === 0 ? '' : files))
  return { root, wide }
}

function toFile(path: string, content: string): string {
  return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`
}
