import { readTable } from '@posthorn/test-kit/read-table'
import { createReceiver } from '@posthorn/test-kit/receiver'
import { createEmitter, type SubscriptionDraft } from 'posthorn'
import { expect, test } from 'vitest'
import { addresses, site, subject, toSamplePush } from '../sample-push.ts'

/** What HTTP itself adds. */
const ofHttp = ['host', 'connection', 'content-length']

const drafts: readonly (Partial<SubscriptionDraft> & { readonly dialect: string })[] = [
  { dialect: 'bitbucket-cloud', secret: 'a secret' },
  { dialect: 'bitbucket-server-post-receive' },
]

test.for(drafts)('the page of $dialect shows the headers of a delivery, in order', async (draft) => {
  await using receiver = await createReceiver()
  const emitter = await createEmitter({ site, addresses })
  await emitter.subscriptions.create({ subject, url: `${receiver.url}hook`, ...draft })
  await emitter.emit(toSamplePush('main'))
  await emitter.idle()
  await emitter.stop()
  const sent = toPairs(receiver.requests[0]?.rawHeaders ?? [])
  const own = sent.filter(([name]) => !ofHttp.includes(name.toLowerCase()))
  const shown = readTable(`docs/dialects/${draft.dialect}.md`, '## Headers')
  expect(own.map(([name]) => name)).toEqual(shown.map(([name]) => name))
  for (const [index, [name, text = '']] of shown.entries()) {
    // Words tell of a value that differs between requests.
    const fixed = /^`([^`]+)`/.exec(text)?.[1] ?? (text.includes(' ') ? '' : text)
    expect(own[index]?.[1]?.startsWith(fixed), name).toBe(true)
  }
})

function toPairs(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  )
}
