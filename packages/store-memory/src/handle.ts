import { StoreError, type StoreHandle, WaitingLines } from '@posthorn/core'
import { append, appendMatched, readBodies } from './append.ts'
import { claim } from './claim.ts'
import type { Data } from './data.ts'
import { cancelDeliveries, copyDeliveries } from './deliveries.ts'
import { nextDue } from './due.ts'
import { compareAndSetHealth, readHealth } from './health.ts'
import { getDeliveries, listAttempts, listDeliveries } from './history.ts'
import { release, renew } from './leases.ts'
import { mendTimes } from './mend-times.ts'
import { mendWaits } from './mend-waits.ts'
import { endOverdue, prune, trimDisabled } from './retention.ts'
import { settle } from './settle.ts'
import { stats } from './stats.ts'
import {
  countSubscriptions,
  createSubscription,
  deleteSubscriptions,
  getSubscriptions,
  listSubscriptions,
  match,
  updateSubscription,
} from './subscriptions.ts'

export function createHandle(shared: Data): StoreHandle {
  const owner = {}
  const lines = new WaitingLines()
  let isClosed = false

  function opened(): Data {
    if (!isClosed) return shared
    throw new StoreError({ code: 'store.closed', message: 'The memory store handle was used after `close`.' })
  }

  /** A write after which another handle may find something to claim. */
  async function waking<Outcome>(write: (data: Data) => Outcome): Promise<Outcome> {
    const outcome = write(opened())
    shared.wakes.wakeOthers(owner)
    return outcome
  }

  return {
    createSubscription: async (subscription, limit) => createSubscription(opened(), subscription, limit),
    updateSubscription: (id, expectedVersion, content, limit) =>
      waking((data) => updateSubscription(data, id, expectedVersion, content, limit)),
    deleteSubscriptions: async (ids) => deleteSubscriptions(opened(), ids),
    getSubscriptions: async (ids) => getSubscriptions(opened(), ids),
    listSubscriptions: async (subject) => listSubscriptions(opened(), subject),
    countSubscriptions: async (lane) => countSubscriptions(opened(), lane),
    match: async (subjects, key, transaction) => {
      refuseTransaction(transaction)
      return match(opened(), subjects, key)
    },

    append: async (request, transaction) => {
      refuseTransaction(transaction)
      return waking((data) => append(data, request))
    },
    appendMatched: (request, remembered) => waking((data) => appendMatched(data, request, remembered)),
    readReceipt: async (eventId) => opened().events.get(eventId)?.receipt ?? null,
    readBodies: async (keys) => readBodies(opened(), keys),

    claim: async (request) => claim(opened(), request, lines),
    renew: async (tokens, leaseMs) => renew(opened(), tokens, leaseMs),
    settle: async (settlements) => settle(opened(), settlements),
    release: (tokens) => waking((data) => release(data, tokens)),

    readHealth: async (scope) => readHealth(opened(), scope),
    compareAndSetHealth: (scope, expectedVersion, update) =>
      waking((data) => compareAndSetHealth(data, scope, expectedVersion, update)),

    nextDue: async (cursor) => nextDue(opened(), cursor),
    async mendWaits(request) {
      const answer = mendWaits(opened(), request)
      if (answer.mendedCount > 0) shared.wakes.wakeOthers(owner)
      return answer
    },
    mendTimes: async (request) => mendTimes(opened(), request),
    onWake: (listener) => opened().wakes.add(owner, listener),

    getDeliveries: async (ids) => getDeliveries(opened(), ids),
    listDeliveries: async (filter, page) => listDeliveries(opened(), filter, page),
    listAttempts: async (deliveryId) => listAttempts(opened(), deliveryId),
    cancelDeliveries: async (ids) => cancelDeliveries(opened(), ids),
    copyDeliveries: (copies) => waking((data) => copyDeliveries(data, copies)),

    endOverdue: async (maxAgeMs, maxCount) => endOverdue(opened(), maxAgeMs, maxCount),
    trimDisabled: async (maxPerSubscription, maxCount, cursor) =>
      trimDisabled(opened(), maxPerSubscription, maxCount, cursor),
    prune: async (request) => prune(opened(), request),
    stats: async () => stats(opened()),

    async close() {
      isClosed = true
      shared.wakes.removeAll(owner)
    },
  }
}

function refuseTransaction(transaction: unknown): void {
  if (transaction === undefined) return
  throw new StoreError({
    code: 'store.transaction-unsupported',
    message: 'The memory store has no transactions that a host could share.',
  })
}
