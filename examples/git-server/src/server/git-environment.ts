import { devNull } from 'node:os'

/**
 * The whole environment of a git process. Nothing else is inherited: a `GIT_DIR` of ours would redirect it, and a
 * `core.hooksPath` in somebody's own configuration would switch our hook off.
 * @param home a folder without a Git configuration
 */
export function toGitEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  }
}
