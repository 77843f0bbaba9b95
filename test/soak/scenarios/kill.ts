import assert from 'node:assert/strict'
import { parseArgs } from 'node:util'
import { runKills } from '../kill/run-kills.ts'

/**
 * A process that emits and delivers is killed (SIGKILL) again and again, at random moments and at each point where it could matter,
 * and started again on the same file: nothing that was acknowledged is missing, and what comes twice was under way when a
 * process died, and comes with the same id and the same bytes.
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '300' }, seed: { type: 'string', default: '1' } },
  strict: false,
})
const killCount = Number(values.kills)
const { ledger, kills, differences } = await runKills({
  killCount,
  seed: Number(values.seed),
  maxOccurrence: 40,
  onKill: (count) => {
    if (count % 25 === 0) console.log(`kill: ${count} of ${killCount} lives ended`)
  },
})
console.table(kills)
const { acknowledgedCount, requestCount, duplicateCount, maxRepeatedOfLife } = ledger
console.table({ acknowledgedCount, requestCount, duplicateCount, maxRepeatedOfLife })
for (const difference of differences.slice(0, 50)) console.error(`kill: ${difference}`)
assert.equal(differences.length, 0, `kill: ${differences.length} differences`)
