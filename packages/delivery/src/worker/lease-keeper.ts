import type { StoreHandle } from '@posthorn/core'
import type { Report } from './worker-events.ts'

/** Keeps the leases of running deliveries from running out. */
export interface LeaseKeeper {
  add(token: string): void
  remove(token: string): void
  stop(): void
}

/** A lease is renewed when this share of it has passed. */
const renewalShare = 1 / 3

export function createLeaseKeeper<Transaction>(
  store: StoreHandle<Transaction>,
  leaseMs: number,
  report: Report,
): LeaseKeeper {
  const tokens = new Set<string>()
  let isRenewing = false

  async function renewAll(): Promise<void> {
    if (isRenewing || tokens.size === 0) return
    isRenewing = true
    try {
      for (const lost of await store.renew([...tokens], leaseMs)) tokens.delete(lost)
    } catch (error) {
      report('warning', { kind: 'engine-fault', activity: 'renew', error })
    } finally {
      isRenewing = false
    }
  }

  const timer = setInterval(() => void renewAll(), leaseMs * renewalShare)
  timer.unref()

  return {
    add: (token) => void tokens.add(token),
    remove: (token) => void tokens.delete(token),
    stop: () => clearInterval(timer),
  }
}
