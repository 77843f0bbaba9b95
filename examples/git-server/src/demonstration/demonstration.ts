import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutcomeWord } from 'posthorn'
import type { Display } from '../display/display.ts'
import { type Host, startHost } from '../host.ts'
import type { CreateStore } from '../host-store.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'
import { demonstrationPushes } from './demonstration-pushes.ts'
import { subscribeReceivers } from './demonstration-webhooks.ts'
import { toSummary } from './summary.ts'
import { judgeWebhook } from './verdict.ts'
import { cloneRepository } from './working-copy.ts'

/** Longer than any wait between two attempts below, and shorter than the wait after a failure of TLS. */
const retriesWithinMs = 5_000

const introduction = `Real pushes into a Git server whose repository has four receivers:
  plain        takes everything, in both dialects
  busy         checks signatures, and answers 503 twice before it takes anything
  unverified   https with a self-signed certificate; its subscriptions skip the verification
  untrusted    the same, but verified: nothing may reach it
`

/**
 * Pushes with the real `git` into a server whose repository has four receivers, and shows what becomes of every delivery.
 * @returns whether all came as expected
 */
export async function runDemonstration(display: Display, createStore: CreateStore): Promise<boolean> {
  display.say(introduction)
  const folder = createTemporaryFolder()
  const host = await startHost({
    root: await createFolder(folder, 'repositories'),
    emitter: {
      store: createStore(folder),
      // Posthorn delivers to public addresses only; all of this happens on one machine.
      addresses: { allow: ['127.0.0.0/8', '::1/128'] },
      // Three attempts within seconds; by default there are eight, over 27 hours.
      retry: { delaysMs: [0, 500, 2_000], jitter: 0.2 },
    },
    display,
  })
  const receivers = await subscribeReceivers(host)
  const wordsBySubscription = recordWords(host)

  await push(host, await createFolder(folder, 'client'), display)

  const verdicts = receivers.webhooks.map((webhook) =>
    judgeWebhook(webhook, wordsBySubscription.get(webhook.subscription.id) ?? [], demonstrationPushes),
  )
  await host.close()
  await receivers.close()
  display.say('')
  for (const line of toSummary(verdicts)) display.say(line)
  return verdicts.every(({ differences }) => differences.length === 0)
}

function recordWords({ emitter }: Host): ReadonlyMap<string, readonly OutcomeWord[]> {
  const wordsBySubscription = new Map<string, OutcomeWord[]>()
  emitter.on('attempted', ({ delivery, attempt }) => {
    const words = wordsBySubscription.get(delivery.subscriptionId) ?? []
    wordsBySubscription.set(delivery.subscriptionId, [...words, attempt.outcome.word])
  })
  return wordsBySubscription
}

/** Makes the pushes one by one, each when the deliveries of the one before are done, so that the display reads in order. */
async function push({ emitter, cloneUrl }: Host, home: string, display: Display): Promise<void> {
  display.say(`\n   $ git clone ${cloneUrl}`)
  const copy = await cloneRepository(home, cloneUrl)
  for (const [index, { prepare, push: args }] of demonstrationPushes.entries()) {
    await prepare(copy)
    display.say(`\n${index + 1}  $ git push ${args.join(' ')}`)
    await copy.git('push', ...args)
    await emitter.idle({ withinMs: retriesWithinMs })
  }
}

async function createFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name)
  await mkdir(folder)
  return folder
}
