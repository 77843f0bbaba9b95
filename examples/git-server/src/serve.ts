import { once } from 'node:events'
import { createReceiver } from './demonstration/receivers.ts'
import type { Display } from './display/display.ts'
import { type Host, startHost } from './host.ts'
import type { CreateStore } from './host-store.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

export interface ServeOptions {
  /** @default 0, any that is free */
  readonly port?: number
  /** URLs to tell of pushes, in the dialect of Bitbucket Cloud. */
  readonly urls: readonly string[]
  readonly display: Display
  readonly createStore: CreateStore
}

/** Serves a repository, empty at first, until the process is told to end. */
export async function serve({ port = 0, urls, display, createStore }: ServeOptions): Promise<void> {
  const root = createTemporaryFolder()
  const host = await startHost({
    root,
    port,
    // Posthorn delivers to public addresses only; your first receiver is likely to run on this machine.
    emitter: { store: createStore(root), addresses: { allow: ['127.0.0.0/8', '::1/128'] } },
    display,
  })
  const receiver = await createReceiver()
  await host.subscribe({ title: 'built-in', url: `${receiver.url}/hook` })
  for (const url of urls) await host.subscribe({ title: URL.parse(url)?.host ?? '', url })
  for (const line of toInstructions(host)) display.say(line)

  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await host.close()
  await receiver.close()
}

function toInstructions({ cloneUrl, webhooksUrl }: Host): readonly string[] {
  return [
    `A Git server with an empty repository, and one receiver of its own. Everything is forgotten at the end (Ctrl+C).`,
    '',
    'Push by hand:',
    `  git clone ${cloneUrl} && cd hello`,
    `  git commit --allow-empty -m 'Say hello' && git push origin HEAD`,
    '',
    'Add a URL (or start with --url <url>, as often as you like):',
    `  curl -H 'content-type: application/json' -d '{"title":"mine","url":"http://127.0.0.1:9000/hook"}' ${webhooksUrl}`,
    `  other fields: "dialect":"bitbucket-server-post-receive", "secret":"...", "skipCertificateVerification":true`,
    '',
  ]
}
