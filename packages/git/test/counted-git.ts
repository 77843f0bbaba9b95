import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A `git` that runs git and remembers with which arguments. */
export interface CountedGit extends AsyncDisposable {
  readonly path: string
  /** The subcommands that were run, in alphabetical order. */
  commands(): Promise<readonly string[]>
}

export async function createCountedGit(): Promise<CountedGit> {
  const directory = await mkdtemp(join(tmpdir(), 'posthorn-counted-'))
  const path = join(directory, 'git')
  const log = join(directory, 'log')
  await writeFile(log, '')
  // The third argument is the subcommand, behind --git-dir and its value.
  await writeFile(path, `#!/bin/sh\necho "$3" >>'${log}'\nexec git "$@"\n`)
  await chmod(path, 0o755)
  return {
    path,
    commands: async () =>
      (await readFile(log, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .toSorted(),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}
