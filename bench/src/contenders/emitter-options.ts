import type { EmitterOptions, Store } from 'posthorn'
import { site } from '../fixtures/push.ts'
import { smallDialect } from '../fixtures/small-dialect.ts'
import { connectionCount, deadlineMs } from './delivery-limits.ts'

/** Of every emitter that delivers what is measured. */
export function toEmitterOptions(
  store: Store<unknown>,
  role: 'emit' | 'deliver' | 'both',
): EmitterOptions<unknown> {
  return {
    site,
    store,
    role,
    deadlineMs,
    dialects: [smallDialect],
    addresses: { allow: ['127.0.0.0/8'] },
    concurrency: { perLane: connectionCount, total: connectionCount },
  }
}
