import { openEmitAndBare } from '../contenders/emit-and-bare.ts'
import { type Latencies, toLatencyScenario } from '../contenders/latency-scenario.ts'
import { timed } from '../measure/timed.ts'
import type { Scenario } from '../scenario.ts'

/** Commits before those that are timed, so that all code is compiled. */
const warmUpCount = 100

export const emitLatency: Scenario = {
  name: 'emit-latency',
  title: 'One durable emit to one subscription, nothing else going on',
  async prepare({ repeatCount }) {
    const count = Math.max(200, repeatCount / 10)
    return toLatencyScenario(
      () => timeInTurn(count),
      async () => {},
    )
  },
}

/** One emit, one bare commit, and so on: seconds apart, the load of the machine would differ by more than they do. */
async function timeInTurn(count: number): Promise<Latencies> {
  await using pair = await openEmitAndBare('https://hooks.example.com/', { role: 'emit' })
  const emit: number[] = []
  const bare: number[] = []
  for (let left = warmUpCount + count; left > 0; left -= 1) {
    emit.push(await timed(pair.emit))
    bare.push(await timed(pair.bare))
  }
  return { emit: emit.slice(warmUpCount), bare: bare.slice(warmUpCount) }
}
