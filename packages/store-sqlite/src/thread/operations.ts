import type { WaitingLines } from '@posthorn/core'
import { append, appendMatched, readBodies, readReceipt } from '../append.ts'
import { claim } from '../claim.ts'
import type { Database } from '../database/database.ts'
import { cancelDeliveries, copyDeliveries } from '../deliveries.ts'
import { nextDue } from '../due.ts'
import { compareAndSetHealth, readHealth } from '../health.ts'
import { getDeliveries, listAttempts, listDeliveries } from '../history.ts'
import { release, renew } from '../leases.ts'
import { mendTimes } from '../mend-times.ts'
import { mendWaits } from '../mend-waits.ts'
import { prune } from '../prune.ts'
import { endOverdue, trimDisabled } from '../retention.ts'
import { settle } from '../settle.ts'
import { stats } from '../stats.ts'
import {
  countSubscriptions,
  createSubscription,
  deleteSubscriptions,
  getSubscriptions,
  listSubscriptions,
  match,
  updateSubscription,
} from '../subscriptions.ts'
import type { Arguments, CallOf, OperationName, Outcome } from './protocol.ts'

/** What an operation works with. */
export interface OperationContext {
  readonly database: Database
  /** The reading of the clock that it goes by; see `Session`. */
  readonly now: number
  readonly lines: WaitingLines
}

type Operations = {
  readonly [Name in OperationName]: (context: OperationContext, args: Arguments<Name>) => Outcome<Name>
}

/** Every method of the port, synchronous. */
const operations: Operations = {
  createSubscription: ({ database, now }, args) => createSubscription(database, now, ...args),
  updateSubscription: ({ database, now }, args) => updateSubscription(database, now, ...args),
  deleteSubscriptions: ({ database, now }, args) => deleteSubscriptions(database, now, ...args),
  getSubscriptions: ({ database }, args) => getSubscriptions(database, ...args),
  listSubscriptions: ({ database }, args) => listSubscriptions(database, ...args),
  countSubscriptions: ({ database }, args) => countSubscriptions(database, ...args),
  match: ({ database }, args) => match(database, ...args),
  append: ({ database, now }, args) => append(database, now, ...args),
  appendMatched: ({ database, now }, args) => appendMatched(database, now, ...args),
  readReceipt: ({ database }, args) => readReceipt(database, ...args),
  readBodies: ({ database }, args) => readBodies(database, ...args),
  claim: ({ database, now, lines }, [request]) => claim(database, now, request, lines),
  renew: ({ database, now }, args) => renew(database, now, ...args),
  settle: ({ database, now }, args) => settle(database, now, ...args),
  release: ({ database, now }, args) => release(database, now, ...args),
  readHealth: ({ database }, args) => readHealth(database, ...args),
  compareAndSetHealth: ({ database, now }, args) => compareAndSetHealth(database, now, ...args),
  nextDue: ({ database, now }, args) => nextDue(database, now, ...args),
  mendWaits: ({ database, now }, args) => mendWaits(database, now, ...args),
  mendTimes: ({ database, now }, args) => mendTimes(database, now, ...args),
  getDeliveries: ({ database, now }, args) => getDeliveries(database, now, ...args),
  listDeliveries: ({ database, now }, args) => listDeliveries(database, now, ...args),
  listAttempts: ({ database }, args) => listAttempts(database, ...args),
  cancelDeliveries: ({ database, now }, args) => cancelDeliveries(database, now, ...args),
  copyDeliveries: ({ database, now }, args) => copyDeliveries(database, now, ...args),
  endOverdue: ({ database, now }, args) => endOverdue(database, now, ...args),
  trimDisabled: ({ database, now }, args) => trimDisabled(database, now, ...args),
  prune: ({ database, now }, args) => prune(database, now, ...args),
  stats: ({ database, now }) => stats(database, now),
}

const reads: ReadonlySet<OperationName> = new Set<OperationName>([
  'getSubscriptions',
  'listSubscriptions',
  'countSubscriptions',
  'match',
  'readReceipt',
  'readBodies',
  'readHealth',
  'nextDue',
  'getDeliveries',
  'listDeliveries',
  'listAttempts',
  'stats',
])

/** Whether an operation only reads, and so needs no transaction that writes. */
export function isRead(name: OperationName): boolean {
  return reads.has(name)
}

export function runOperation<Name extends OperationName>(
  { name, args }: CallOf<Name>,
  context: OperationContext,
): Outcome<Name> {
  return operations[name](context, args)
}
