import { checkObjectId } from '../objects/object-id.ts'
import type { GitSession } from '../process/git-session.ts'
import type { ForkedRange } from './commit-range.ts'
import { createRangeScanner } from './range-scanner.ts'

/** `before..after` of any length by one `git rev-list`, which is killed as soon as enough is known. */
export async function listRange(
  session: GitSession,
  before: string,
  after: string,
  maxCount: number,
): Promise<ForkedRange> {
  const scanner = createRangeScanner(before, maxCount)
  const args = ['rev-list', '--parents', '--ignore-missing', '--stdin']
  const git = session.start(args, take, 'full')
  function take(chunk: Buffer): void {
    scanner.add(chunk.toString('latin1'))
    if (scanner.isDone()) git.stop()
  }
  git.write(`${checkObjectId(after)}\n^${checkObjectId(before)}\n`)
  git.end()
  await git.closed
  return scanner.result()
}
