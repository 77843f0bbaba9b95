import { describe } from 'vitest'
import { appendContract } from './store-contract/append.ts'
import { bodiesContract } from './store-contract/bodies.ts'
import { cancelContract } from './store-contract/cancel.ts'
import { claimContract } from './store-contract/claim.ts'
import { closingContract } from './store-contract/closing.ts'
import { type ContractFixture, createContractTest } from './store-contract/contract-test.ts'
import { copyContract } from './store-contract/copy.ts'
import { deletingContract } from './store-contract/deleting.ts'
import { dueContract } from './store-contract/due.ts'
import { fairnessContract } from './store-contract/fairness.ts'
import { healthContract } from './store-contract/health.ts'
import { historyContract } from './store-contract/history.ts'
import { holdingBackContract } from './store-contract/holding-back.ts'
import { leasesContract } from './store-contract/leases.ts'
import { limitsContract } from './store-contract/limits.ts'
import { mendTimesContract } from './store-contract/mend-times.ts'
import { mendWaitsContract } from './store-contract/mend-waits.ts'
import { orderContract } from './store-contract/order.ts'
import { retentionContract } from './store-contract/retention.ts'
import { settleContract } from './store-contract/settle.ts'
import { statsContract } from './store-contract/stats.ts'
import { subscriptionsContract } from './store-contract/subscriptions.ts'
import { wakeContract } from './store-contract/wake.ts'

export type { ContractFixture } from './store-contract/contract-test.ts'

/** The areas of the port, one file each. */
const areas = {
  'limits on subscriptions': limitsContract,
  subscriptions: subscriptionsContract,
  'deleting subscriptions': deletingContract,
  append: appendContract,
  bodies: bodiesContract,
  claim: claimContract,
  fairness: fairnessContract,
  'queues held back': holdingBackContract,
  order: orderContract,
  leases: leasesContract,
  settle: settleContract,
  health: healthContract,
  'next due': dueContract,
  'mending waits': mendWaitsContract,
  'mending times': mendTimesContract,
  wake: wakeContract,
  history: historyContract,
  cancel: cancelContract,
  copy: copyContract,
  retention: retentionContract,
  stats: statsContract,
  closing: closingContract,
} as const

/**
 * The contract of the `Store` port, which every adapter must pass. Each test has data of its own and two handles on it.
 * @param create makes empty data; called once per test
 */
export function storeContract(name: string, create: () => Promise<ContractFixture>): void {
  describe(`${name} as a store`, () => {
    const contractTest = createContractTest(create)
    for (const [area, contract] of Object.entries(areas)) describe(area, () => contract(contractTest))
  })
}
