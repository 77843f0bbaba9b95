import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { PosthornError, type Subscription, type SubscriptionDraft } from 'posthorn'
import { BodyTooLongError, readText } from './server/read-text.ts'

type Draft = Omit<SubscriptionDraft, 'subject'>

/** Far more than a subscription with every field at its longest. */
const maxDraftBytes = 64 * 1024

/**
 * Takes a POST with a subscription as JSON, such as `{"url":"https://ci.example.com/hook"}`, and answers with what was
 * created. It asks for no password: whoever reaches the server may add a URL.
 */
export function createWebhookEndpoint(
  path: string,
  subscribe: (draft: Draft) => Promise<Subscription>,
): RequestListener {
  return (request, response) => {
    if (request.url !== path) answer(response, 404, { message: 'There is nothing here.' })
    else if (request.method !== 'POST') answer(response, 405, { message: 'Expected a POST.' })
    // No web page can send this type to another site without being asked first, so none can add a URL behind your back.
    else if (readMediaType(request) !== 'application/json') {
      answer(response, 415, { message: 'Expected the content type application/json.' })
    } else void create(request, response, subscribe)
  }
}

async function create(
  request: IncomingMessage,
  response: ServerResponse,
  subscribe: (draft: Draft) => Promise<Subscription>,
): Promise<void> {
  try {
    answer(response, 201, await subscribe(parseDraft(await readText(request, maxDraftBytes))))
  } catch (error) {
    if (error instanceof PosthornError) answer(response, 400, { code: error.code, message: error.message })
    else if (error instanceof SyntaxError) answer(response, 400, { message: 'Expected a JSON object.' })
    else if (error instanceof BodyTooLongError) answer(response, 413, { message: error.message })
    else {
      console.error(error)
      answer(response, 500, { message: 'The subscription could not be created.' })
    }
  }
}

/** The content type without its parameters, such as `charset`. */
function readMediaType({ headers }: IncomingMessage): string | undefined {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
}

/**
 * Every field is checked by `subscriptions.create`.
 * @throws {SyntaxError} if it is not a JSON object
 */
function parseDraft(text: string): Draft {
  const input: unknown = JSON.parse(text)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new SyntaxError('Expected an object.')
  }
  return input as Draft
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`)
}
