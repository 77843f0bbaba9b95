import { parseCommandLine } from './command-line.ts'
import { runRounds } from './measure/run-rounds.ts'
import { type Summary, summarise } from './measure/summarise.ts'
import { describeMachine } from './report/machine.ts'
import { toMachineLine, toTable } from './report/table.ts'
import { fullScale, quickScale, type Scale, type Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

/** Measures; see `bench/README.md`. Tables go to the output, progress to the error output. */
const { only, isJson, isQuick } = parseCommandLine(process.argv.slice(2))
const chosen = scenarios.filter(
  ({ name }) => only.length === 0 || only.some((begin) => name.startsWith(begin)),
)
if (chosen.length === 0) {
  throw new Error(`No scenario is named so. There are: ${scenarios.map(({ name }) => name).join(', ')}.`)
}

// An end of this kind runs what takes temporary files away.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const machine = describeMachine()
if (!isJson) console.log(`${toMachineLine(machine)}\n`)
const summaries: Summary[] = []
for (const scenario of chosen) {
  const summary = await measure(scenario, isQuick ? quickScale : fullScale)
  summaries.push(summary)
  if (!isJson) console.log(toTable(summary))
}
if (isJson) console.log(JSON.stringify({ isQuick, machine, scenarios: summaries }, null, 2))

async function measure(scenario: Scenario, scale: Scale): Promise<Summary> {
  const progress = (text: string): void => void process.stderr.write(`${scenario.name}: ${text}\n`)
  progress('prepare')
  await using prepared = await scenario.prepare(scale)
  const rounds = await runRounds(prepared.contenders, { ...scale, ...prepared.rounds }, progress)
  return summarise(scenario, prepared, rounds)
}
