import { join } from 'node:path'
import { emitPush } from '@posthorn/git'
import {
  createEmitter,
  type Emitter,
  type EmitterOptions,
  type Repository,
  type Subscription,
  type SubscriptionDraft,
} from 'posthorn'
import { createDemoModel } from './demo-model.ts'
import type { Display } from './display/display.ts'
import { createNarrator } from './display/narrator.ts'
import { toRefActions } from './display/ref-action.ts'
import { createGitServer } from './server/git-server.ts'
import { createHookEndpoint } from './server/hook-endpoint.ts'
import type { PushReport } from './server/push-report.ts'
import { createWebhookEndpoint } from './webhook-endpoint.ts'

export interface HostOptions {
  /** The folder that holds every repository, and the spool of pushes. */
  readonly root: string
  /** @default 0, any that is free */
  readonly port?: number
  /** All but the site, which is the server itself. */
  readonly emitter: Omit<EmitterOptions, 'site'>
  readonly display: Display
}

/** A Git server with one repository, an emitter, and what lies between them. */
export interface Host {
  readonly emitter: Emitter
  readonly repository: Repository
  readonly cloneUrl: string
  /** Where to POST a subscription. */
  readonly webhooksUrl: string
  /** Adds a URL to the repository. */
  subscribe(draft: Omit<SubscriptionDraft, 'subject'>): Promise<Subscription>
  /** Resolves when the pushes that were left when this process began are told of. */
  readonly spoolRead: Promise<void>
  close(): Promise<void>
}

const repositoryName = 'demo/hello'

export async function startHost({ root, port = 0, emitter: options, display }: HostOptions): Promise<Host> {
  const subscribe: Host['subscribe'] = async (draft) => {
    const subject = { type: 'repository', id: repository.uuid } as const
    const subscription = await emitter.subscriptions.create({ ...draft, subject })
    narrator.nameSubscription(subscription)
    return subscription
  }

  const onPush = async (push: PushReport): Promise<void> => {
    const { pushId, user: name, updates } = push
    if (push.repository !== repositoryName) throw new Error(`There is no repository ${push.repository}.`)
    const at = Date.now()
    const refActions = toRefActions(updates)
    const actor = name === user.name ? user : null
    const { eventId, deliveries } = await emitPush(emitter, {
      gitDir,
      updates,
      repository,
      actor,
      pushId,
    })
    narrator.namePush(eventId, refActions)
    const durationMs = Date.now() - at
    display.accepted({ at, event: 'repo:push', refActions, deliveryCount: deliveries.length, durationMs })
  }

  const hookEndpoint = await createHookEndpoint({
    spoolFolder: join(root, 'spool'),
    onPush,
    onError: (error) => console.error(error),
  })
  const server = await createGitServer({
    root,
    port,
    hookEndpoint,
    toUser: () => 'demo-user',
    otherwise: createWebhookEndpoint(`/${repositoryName}/webhooks`, subscribe),
  })
  const { repository, user } = createDemoModel(server.url)
  const emitter = await createEmitter({
    ...options,
    site: { htmlUrl: server.url, apiUrl: `${server.url}/2.0` },
  })

  const narrator = createNarrator(emitter, display)
  // Only now, since nobody can push to a repository that is not there yet.
  const gitDir = await server.createRepository(repositoryName)
  // Pushes that were left may be many, and need not keep anybody from pushing.
  const spoolRead = hookEndpoint.readSpool()

  return {
    emitter,
    repository,
    cloneUrl: `${server.url}/${repositoryName}.git`,
    webhooksUrl: `${server.url}/${repositoryName}/webhooks`,
    subscribe,
    spoolRead,
    close: async () => {
      await server.close()
      await hookEndpoint.close()
      await emitter.stop()
    },
  }
}
