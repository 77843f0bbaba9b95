import { StoreError, type StoreHandle } from '@posthorn/core'
import type { Connection } from './thread/connection.ts'
import type { WakeBoard } from './wake.ts'

/** The port over a worker. */
export function createHandle(connection: Connection, wakes: WakeBoard): StoreHandle {
  const owner = {}

  /** A write after which another handle may find something to claim. */
  async function waking<Outcome>(writing: Promise<Outcome>): Promise<Outcome> {
    const outcome = await writing
    wakes.wakeOthers(owner)
    return outcome
  }

  return {
    createSubscription: (...args) => connection.call('createSubscription', args),
    updateSubscription: (...args) => waking(connection.call('updateSubscription', args)),
    deleteSubscriptions: (...args) => connection.call('deleteSubscriptions', args),
    getSubscriptions: (...args) => connection.call('getSubscriptions', args),
    listSubscriptions: (...args) => connection.call('listSubscriptions', args),
    countSubscriptions: (...args) => connection.call('countSubscriptions', args),
    match: async (subjects, key, transaction) => {
      refuseTransaction(transaction)
      return connection.call('match', [subjects, key])
    },

    append: async (request, transaction) => {
      refuseTransaction(transaction)
      return waking(connection.append(request))
    },
    appendMatched: (...args) => waking(connection.appendMatched(...args)),
    readReceipt: (...args) => connection.call('readReceipt', args),
    readBodies: (...args) => connection.call('readBodies', args),

    claim: (...args) => connection.call('claim', args),
    renew: (...args) => connection.call('renew', args),
    settle: (...args) => connection.call('settle', args),
    release: (...args) => waking(connection.call('release', args)),

    readHealth: (...args) => connection.call('readHealth', args),
    compareAndSetHealth: (...args) => waking(connection.call('compareAndSetHealth', args)),

    nextDue: (...args) => connection.call('nextDue', args),
    async mendWaits(...args) {
      const answer = await connection.call('mendWaits', args)
      if (answer.mendedCount > 0) wakes.wakeOthers(owner)
      return answer
    },
    mendTimes: (...args) => connection.call('mendTimes', args),
    onWake(listener) {
      connection.checkOpen()
      return wakes.add(owner, listener)
    },

    getDeliveries: (...args) => connection.call('getDeliveries', args),
    listDeliveries: (...args) => connection.call('listDeliveries', args),
    listAttempts: (...args) => connection.call('listAttempts', args),
    cancelDeliveries: (...args) => connection.call('cancelDeliveries', args),
    copyDeliveries: (...args) => waking(connection.call('copyDeliveries', args)),

    endOverdue: (...args) => connection.call('endOverdue', args),
    trimDisabled: (...args) => connection.call('trimDisabled', args),
    prune: (...args) => connection.call('prune', args),
    stats: () => connection.call('stats', []),

    close() {
      wakes.removeAll(owner)
      return connection.close()
    },
  }
}

function refuseTransaction(transaction: unknown): void {
  if (transaction === undefined) return
  throw new StoreError({
    code: 'store.transaction-unsupported',
    message:
      'The SQLite store has a connection of its own, and cannot write inside a transaction of the host.',
  })
}
