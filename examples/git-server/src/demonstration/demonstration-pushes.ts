import type { WorkingCopy } from './working-copy.ts'

/** One `git push` of the demonstration, and what its bodies must say. */
export interface DemonstrationPush {
  readonly prepare: (copy: WorkingCopy) => Promise<unknown>
  /** The arguments of `git push`. */
  readonly push: readonly string[]
  readonly refActions: {
    readonly 'bitbucket-cloud': string
    readonly 'bitbucket-server-post-receive': string
  }
}

/** In the order in which they are made, in one clone. */
export const demonstrationPushes: readonly DemonstrationPush[] = [
  {
    prepare: (copy) => copy.commit('README.md', '# Hello\n', 'Say hello'),
    push: ['origin', 'main'],
    refActions: inBoth('create main'),
  },
  {
    prepare: (copy) => copy.commit('README.md', '# Hello, world\n', 'Say it to everybody'),
    push: ['origin', 'main'],
    refActions: inBoth('update main'),
  },
  {
    prepare: async (copy) => {
      await copy.git('checkout', '--quiet', '-b', 'feature')
      await copy.commit('feature.txt', 'It works.\n', 'Begin a feature')
    },
    push: ['origin', 'feature'],
    refActions: inBoth('create feature'),
  },
  {
    prepare: (copy) => copy.git('tag', '--annotate', 'v1.0', 'main', '--message', 'Version 1.0'),
    push: ['origin', 'v1.0'],
    refActions: inBoth('create tag v1.0'),
  },
  {
    prepare: (copy) => copy.git('commit', '--quiet', '--amend', '--message', 'Begin a better feature'),
    push: ['--force', 'origin', 'feature'],
    // The older format has no word for a forced update.
    refActions: { 'bitbucket-cloud': 'force feature', 'bitbucket-server-post-receive': 'update feature' },
  },
  {
    prepare: (copy) => copy.git('checkout', '--quiet', 'main'),
    push: ['--delete', 'origin', 'feature'],
    refActions: inBoth('delete feature'),
  },
]

function inBoth(text: string): DemonstrationPush['refActions'] {
  return { 'bitbucket-cloud': text, 'bitbucket-server-post-receive': text }
}
