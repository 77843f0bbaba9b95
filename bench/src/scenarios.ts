import type { Scenario } from './scenario.ts'
import { buildPayload } from './scenarios/build-payload.ts'
import { memoryFanOut10 } from './scenarios/memory-fan-out-10.ts'
import { memoryFanOut50 } from './scenarios/memory-fan-out-50.ts'
import { memoryOneReceiver } from './scenarios/memory-one-receiver.ts'
import { readPushScenario } from './scenarios/read-push.ts'

/** Every scenario, in the order they run. */
export const scenarios: readonly Scenario[] = [
  memoryOneReceiver,
  memoryFanOut10,
  memoryFanOut50,
  readPushScenario,
  buildPayload,
]
