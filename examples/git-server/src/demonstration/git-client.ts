import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { toGitEnvironment } from '../server/git-environment.ts'

/**
 * The real `git`, as somebody would type it, without this machine's configuration.
 * @returns what it printed, standard error included
 * @throws {Error} if it fails
 */
export type GitClient = (cwd: string, ...args: readonly string[]) => Promise<string>

/** @param home a folder without a Git configuration */
export function createGitClient(home: string): GitClient {
  const env = {
    ...toGitEnvironment(home),
    GIT_AUTHOR_NAME: 'Demo User',
    GIT_AUTHOR_EMAIL: 'demo-user@example.com',
    GIT_COMMITTER_NAME: 'Demo User',
    GIT_COMMITTER_EMAIL: 'demo-user@example.com',
  }
  return async (cwd, ...args) => {
    const { stdout, stderr } = await promisify(execFile)('git', args, { cwd, env })
    return stdout + stderr
  }
}
