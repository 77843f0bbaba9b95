import { readPush } from '@posthorn/git'
import { readGitLog } from '../contenders/git-log.ts'
import { createHistory } from '../fixtures/history.ts'
import { actor, repository } from '../fixtures/push.ts'
import { timed } from '../measure/timed.ts'
import type { Contender, Scenario } from '../scenario.ts'

/** Commits of the push. */
const pushSizes = [1, 100, 10_000]

/** A time is that of so many pushes after one another: a single one takes as long as the machine's other work lets it. */
const repeatCount = 10

/** What the most demanding dialect shows: 100 changesets, and one more to know whether there are more; 500 changes of each. */
const detail = { maxCommits: 101, maxChanges: 500 }

export const readPushScenario: Scenario = {
  name: 'read-push',
  title: 'Reading a push of 1, 100 and 10,000 commits',
  async prepare() {
    const history = await createHistory(Math.max(...pushSizes) + 1)
    const { gitDir } = history
    const ref = 'refs/heads/main'
    const contenders = pushSizes.flatMap((size): Contender[] => {
      const update = { ref, before: history.hashOf(size), after: history.hashOf(0) }
      const shownCount = Math.min(size, detail.maxCommits)
      return [
        {
          name: toName('git log --raw', size),
          run: () =>
            timedPerPush(async () => {
              const count = await readGitLog(gitDir, update, detail.maxCommits)
              expectCount(count, shownCount)
            }),
        },
        {
          name: toName('readPush', size),
          run: () =>
            timedPerPush(async () => {
              const event = await readPush({ gitDir, updates: [update], repository, actor, detail })
              const commits = event.refUpdates[0]?.commits.values ?? []
              expectCount(commits.filter(({ changes }) => changes?.values.length === 1).length, shownCount)
            }),
        },
      ]
    })
    return {
      unit: 'ms',
      contenders,
      targets: pushSizes.map((size) => ({
        contender: toName('readPush', size),
        against: toName('git log --raw', size),
        ratio: 1.5,
      })),
      [Symbol.asyncDispose]: () => history[Symbol.asyncDispose](),
    }
  },
}

async function timedPerPush(work: () => Promise<void>): Promise<number> {
  const ms = await timed(async () => {
    for (let count = 0; count < repeatCount; count += 1) await work()
  })
  return ms / repeatCount
}

function toName(reader: string, size: number): string {
  return `${reader}, ${size.toLocaleString('en')}`
}

function expectCount(count: number, expected: number): void {
  if (count !== expected) throw new Error(`Expected ${expected} commits with their changes, got ${count}.`)
}
