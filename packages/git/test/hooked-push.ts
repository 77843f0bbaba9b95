import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PushUpdate } from '@posthorn/git'
import type { GitRepository } from '@posthorn/test-kit/git-repository'

const run = promisify(execFile)

/** A real `git push` that stands still in a hook of the receiving repository. */
export interface HookedPush {
  /** What the hook was told on its input. */
  readonly updates: readonly PushUpdate[]
  /** The variables of the hook that begin with `GIT_`. */
  readonly env: Readonly<Record<string, string>>
  /** Lets the hook end, and resolves when the push is through. */
  finish(): Promise<void>
}

/** @param refspecs what to push from the one to the other repository */
export async function pushInto(
  target: GitRepository,
  source: GitRepository,
  hook: 'pre-receive' | 'post-receive',
  refspecs: readonly string[],
): Promise<HookedPush> {
  const folder = join(target.gitDir, 'hooked')
  const [told, go] = [join(folder, 'told'), join(folder, 'go')]
  await mkdir(folder)
  await run('mkfifo', [told, go])
  const path = join(target.gitDir, 'hooks', hook)
  // Whoever opens a pipe waits until somebody opens its other end.
  await writeFile(path, `#!/bin/sh\n{ cat; echo; env; } >'${told}'\nread -r line <'${go}'\n`)
  await chmod(path, 0o755)
  const pushed = source.git(['push', '--quiet', target.gitDir, ...refspecs])
  // Waited for in the end; one that fails before the hook would otherwise keep the test waiting.
  const text = await Promise.race([
    readFile(told, 'utf8'),
    pushed.then(() => {
      throw new Error(`The push went through without ${hook}.`)
    }),
  ])
  const [lines = '', variables = ''] = text.split('\n\n')
  return {
    updates: lines.split('\n').map(toUpdate),
    env: Object.fromEntries(
      [...variables.matchAll(/^(GIT_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
    finish: async () => {
      await writeFile(go, 'go\n')
      await pushed
    },
  }
}

function toUpdate(line: string): PushUpdate {
  const [before = '', after = '', ref = ''] = line.split(' ')
  return { before, after, ref }
}
