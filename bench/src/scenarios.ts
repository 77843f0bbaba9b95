import type { Scenario } from './scenario.ts'
import { backlog } from './scenarios/backlog.ts'
import { buildPayload } from './scenarios/build-payload.ts'
import { emitLatency } from './scenarios/emit-latency.ts'
import { emitLatencyHalfLoad } from './scenarios/emit-latency-half-load.ts'
import { emitToReceiver } from './scenarios/emit-to-receiver.ts'
import { manySubscriptions } from './scenarios/many-subscriptions.ts'
import { memoryFanOut10 } from './scenarios/memory-fan-out-10.ts'
import { memoryFanOut50 } from './scenarios/memory-fan-out-50.ts'
import { memoryOneReceiver } from './scenarios/memory-one-receiver.ts'
import { oneHangingReceiver } from './scenarios/one-hanging-receiver.ts'
import { oneHangingReceiverLatency } from './scenarios/one-hanging-receiver-latency.ts'
import { readPushScenario } from './scenarios/read-push.ts'
import { sqliteFanOut10 } from './scenarios/sqlite-fan-out-10.ts'
import { sqliteFanOut50 } from './scenarios/sqlite-fan-out-50.ts'
import { sqliteOneReceiver } from './scenarios/sqlite-one-receiver.ts'

/** Every scenario, in the order they run. */
export const scenarios: readonly Scenario[] = [
  memoryOneReceiver,
  memoryFanOut10,
  memoryFanOut50,
  oneHangingReceiver,
  oneHangingReceiverLatency,
  emitToReceiver,
  sqliteOneReceiver,
  sqliteFanOut10,
  sqliteFanOut50,
  backlog,
  emitLatency,
  emitLatencyHalfLoad,
  manySubscriptions,
  readPushScenario,
  buildPayload,
]
