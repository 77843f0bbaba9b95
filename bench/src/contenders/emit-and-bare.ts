import { join } from 'node:path'
import { createSqliteStore } from '@posthorn/store-sqlite'
import { createEmitter, type EmitterOptions } from 'posthorn'
import { createPush, repository, secret, site } from '../fixtures/push.ts'
import { smallDialect } from '../fixtures/small-dialect.ts'
import { createTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { createBareCommit } from './bare-commit.ts'

/** A durable emit to one subscription, and the least that it could be: one commit of the same rows. */
export interface EmitAndBare extends AsyncDisposable {
  readonly emit: () => Promise<void>
  readonly bare: () => Promise<void>
  /** Resolves when nothing of what was emitted waits to be sent. */
  readonly idle: () => Promise<void>
}

/** @param url the receiver of the subscription */
export async function openEmitAndBare(
  url: string,
  options: Pick<EmitterOptions, 'role' | 'addresses'>,
): Promise<EmitAndBare> {
  const folder = createTemporaryFolder()
  const store = createSqliteStore({ location: join(folder.path, 'emit.db'), synchronous: 'full' })
  const emitter = await createEmitter({ site, store, dialects: [smallDialect], ...options })
  const subject = { type: 'repository', id: repository.uuid } as const
  await emitter.subscriptions.create({ subject, url, secret })
  const event = createPush(0, 0)
  const location = join(folder.path, 'bare.db')
  // In the tables that the store makes, so that both write the same pages.
  const handle = await createSqliteStore({ location }).open({ clock: { now: () => Date.now() } })
  await handle.close()
  const bareCommit = createBareCommit(location)
  return {
    emit: async () => {
      const { deliveries } = await emitter.emit(event)
      if (deliveries.length !== 1) throw new Error(`An event made ${deliveries.length} deliveries.`)
    },
    bare: async () => bareCommit.commit(),
    idle: () => emitter.idle(),
    async [Symbol.asyncDispose]() {
      await emitter.stop()
      bareCommit[Symbol.dispose]()
      folder[Symbol.dispose]()
    },
  }
}
