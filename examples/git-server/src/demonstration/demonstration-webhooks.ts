import type { OutcomeWord, Subscription } from 'posthorn'
import type { Host } from '../host.ts'
import { createSelfSignedCertificate } from './certificate.ts'
import type { PushBody } from './push-body.ts'
import { createReceiver, type Receiver } from './receivers.ts'

/** A subscription of the demonstration, and what must come of it. */
export interface DemonstrationWebhook {
  readonly subscription: Subscription
  readonly dialect: PushBody['dialect']
  readonly receiver: Receiver
  readonly expected: ExpectedOutcomes
}

interface ExpectedOutcomes {
  /** The rest of this in a few words. */
  readonly text: string
  /** Of the first push, attempt by attempt. */
  readonly firstPush: readonly OutcomeWord[]
  /** Of each of the other pushes. */
  readonly otherPushes: OutcomeWord
  /** Whether the receiver has a secret and checks signatures with it. */
  readonly isSigned: boolean
}

export interface DemonstrationWebhooks {
  readonly webhooks: readonly DemonstrationWebhook[]
  close(): Promise<void>
}

const cloud = 'bitbucket-cloud'
const server = 'bitbucket-server-post-receive'

const secret = 'a secret that both sides know'
const skipCertificateVerification = true

const accepted: ExpectedOutcomes = {
  text: 'every push',
  firstPush: ['http.2xx'],
  otherPushes: 'http.2xx',
  isSigned: false,
}
const acceptedLate: ExpectedOutcomes = {
  text: 'every push, signed; the first after two 503',
  firstPush: ['http.5xx', 'http.5xx', 'http.2xx'],
  otherPushes: 'http.2xx',
  isSigned: true,
}
const acceptedUnverified: ExpectedOutcomes = { ...accepted, text: 'every push, certificate unverified' }
const selfSigned: ExpectedOutcomes = {
  text: 'none: its certificate is self-signed',
  firstPush: ['tls.self-signed'],
  otherPushes: 'tls.self-signed',
  isSigned: false,
}

/** Starts four receivers and subscribes them, two of them in both dialects. */
export async function subscribeReceivers(host: Host): Promise<DemonstrationWebhooks> {
  const certificate = await createSelfSignedCertificate()
  const plain = await createReceiver()
  const busy = await createReceiver({
    secret,
    toStatus: (requestNumber) => (requestNumber <= 2 ? 503 : 200),
  })
  const unverified = await createReceiver({ certificate })
  const untrusted = await createReceiver({ certificate })

  const plan = [
    { title: 'plain', receiver: plain, dialect: cloud, expected: accepted },
    { title: 'plain', receiver: plain, dialect: server, expected: accepted },
    { title: 'busy', receiver: busy, dialect: cloud, expected: acceptedLate, options: { secret } },
    {
      title: 'unverified',
      receiver: unverified,
      dialect: cloud,
      expected: acceptedUnverified,
      options: { skipCertificateVerification },
    },
    {
      title: 'unverified',
      receiver: unverified,
      dialect: server,
      expected: acceptedUnverified,
      options: { skipCertificateVerification },
    },
    { title: 'untrusted', receiver: untrusted, dialect: cloud, expected: selfSigned },
  ] as const

  const webhooks: DemonstrationWebhook[] = []
  for (const { title, receiver, dialect, expected, ...rest } of plan) {
    const options = 'options' in rest ? rest.options : {}
    const subscription = await host.subscribe({ title, url: `${receiver.url}/hook`, dialect, ...options })
    webhooks.push({ subscription, dialect, receiver, expected })
  }
  const receivers = [plain, busy, unverified, untrusted]
  return {
    webhooks,
    close: async () => {
      await Promise.all(receivers.map((receiver) => receiver.close()))
    },
  }
}
