import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { PosthornError, type Subscription, type SubscriptionDraft } from 'posthorn'

type Draft = Omit<SubscriptionDraft, 'subject'>

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
    else if (request.headers['content-type'] !== 'application/json') {
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
    answer(response, 201, await subscribe(parseDraft(await json(request))))
  } catch (error) {
    if (error instanceof PosthornError) answer(response, 400, { code: error.code, message: error.message })
    else if (error instanceof SyntaxError) answer(response, 400, { message: 'Expected JSON.' })
    else {
      console.error(error)
      answer(response, 500, { message: 'The subscription could not be created.' })
    }
  }
}

/** Every field is checked by `subscriptions.create`. */
function parseDraft(input: unknown): Draft {
  if (typeof input !== 'object' || input === null) throw new SyntaxError('Expected an object.')
  return input as Draft
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`)
}
