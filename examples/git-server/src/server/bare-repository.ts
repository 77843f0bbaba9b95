import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { toGitEnvironment } from './git-environment.ts'

const hookPath = fileURLToPath(new URL('./post-receive-hook.ts', import.meta.url))

/**
 * Creates a bare repository that accepts pushes over HTTP and tells the server of them; an existing one only gets the hook
 * anew, since node or this example may have moved.
 * @param root the folder that holds every repository
 * @param name workspace and name, such as `demo/hello`
 * @returns the folder of the repository
 */
export async function createBareRepository(root: string, name: string): Promise<string> {
  const gitDir = join(root, `${name}.git`)
  const git = (...args: readonly string[]) =>
    promisify(execFile)('git', args, { env: toGitEnvironment(root) })
  await git('-c', 'init.defaultBranch=main', 'init', '--quiet', '--bare', '--template=', gitDir)
  await git('--git-dir', gitDir, 'config', 'http.receivepack', 'true')
  await mkdir(join(gitDir, 'hooks'), { recursive: true })
  await writeFile(join(gitDir, 'hooks', 'post-receive'), toHookText(process.execPath, hookPath), {
    mode: 0o755,
  })
  return gitDir
}

/**
 * The text of a `post-receive` hook that runs a script on the node that runs us, wherever both lie.
 * @param script run without flags of ours; Node strips the types
 */
export function toHookText(node: string, script: string): string {
  // Node 22 warns of type stripping, and whatever a hook prints is shown to whoever pushes.
  return `#!/bin/sh\nexec ${quote(node)} --disable-warning=ExperimentalWarning ${quote(script)}\n`
}

/** A word of a POSIX shell: within single quotes nothing is special but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
