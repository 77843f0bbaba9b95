import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The least that reading a push can cost: one `git log --raw` over the page that is shown. Resolves with how many commits it showed. */
export async function readGitLog(
  gitDir: string,
  { before, after }: { readonly before: string; readonly after: string },
  maxCount: number,
): Promise<number> {
  const words = ['log', '--raw', '-z', '--no-abbrev', '--format=raw', `-n${maxCount}`, after, `^${before}`]
  const { stdout } = await run('git', [`--git-dir=${gitDir}`, ...words], {
    encoding: 'latin1',
    maxBuffer: 2 ** 28,
  })
  return stdout.split('\0').filter((record) => record.startsWith('commit ')).length
}
