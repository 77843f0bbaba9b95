import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { readPush } from '@posthorn/git'
import { actor, repository } from '../../sample-push.ts'

/** Reads the push whose options are on its input, and says what that cost: this process did nothing else. */
const options: unknown = JSON.parse(await text(process.stdin))
const startedAt = performance.now()
const { refUpdates } = await readPush({ ...parseOptions(options), repository, actor })
const ms = Math.round(performance.now() - startedAt)
const commitCount = refUpdates.reduce((sum, { commits }) => sum + commits.values.length, 0)
console.log(
  JSON.stringify({
    ms,
    commitCount,
    forcedCount: refUpdates.filter(({ isForced }) => isForced).length,
    peakBytes: readPeakBytes(),
  }),
)

function parseOptions(value: unknown) {
  return value as Pick<Parameters<typeof readPush>[0], 'gitDir' | 'updates' | 'detail'>
}

/** The most that this process held at a time; `maxRSS` begins with what the one that started it held. */
function readPeakBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1_024
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1_024
}
