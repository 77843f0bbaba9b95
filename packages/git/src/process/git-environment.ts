import { devNull } from 'node:os'

/**
 * The environment of every git process: that of this process without the variables that point git at another repository
 * or another configuration (a hook is started with GIT_DIR, GIT_QUARANTINE_PATH and more), then ours, then the host's.
 *
 * The host's come last, so that it can still point GIT_OBJECT_DIRECTORY at a quarantine on purpose.
 */
export function toGitEnvironment(
  inherited: Readonly<NodeJS.ProcessEnv>,
  host: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(
    ([name]) => !name.startsWith('GIT_') || name === 'GIT_EXEC_PATH',
  )
  return { ...Object.fromEntries(kept), ...ours, ...host }
}

const ours: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_ATTR_NOSYSTEM: '1',
  // What no variable of its own can say, over every file of configuration.
  GIT_CONFIG_COUNT: '2',
  // Otherwise ~/.config/git/attributes, which say what is binary, and so how alike two files are.
  GIT_CONFIG_KEY_0: 'core.attributesFile',
  GIT_CONFIG_VALUE_0: devNull,
  GIT_GRAFT_FILE: devNull,
  // Of grafts that are none, too, git says that they are going out of use.
  GIT_CONFIG_KEY_1: 'advice.graftFileDeprecated',
  GIT_CONFIG_VALUE_1: 'false',
  // Anyone who may push to refs/replace/ could otherwise change what a commit id seems to stand for.
  GIT_NO_REPLACE_OBJECTS: '1',
  // A missing object of a partial clone is missing; git must not go to the network for it. The first is known to git
  // from 2.45 on, and to 2.39.4 and later patches; the second lets no transport through in others, which then may fail.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
}
