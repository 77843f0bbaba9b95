import { type ChildProcess, fork } from 'node:child_process'
import { on, once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** One of our programs, in a process of its own. Each of them ends when it is disconnected from. */
export interface Program<Message> {
  readonly child: ChildProcess
  /** What it says, from its beginning, for one reader. Ends with the program. */
  readonly messages: AsyncIterable<Message>
  readonly ended: Promise<unknown>
}

/** @param nodeFlags beside those of this process */
export function startProgram<Message>(
  location: URL,
  words: readonly string[] = [],
  nodeFlags: readonly string[] = [],
): Program<Message> {
  const child = fork(fileURLToPath(location), words, { execArgv: [...process.execArgv, ...nodeFlags] })
  const events = on(child, 'message', { close: ['disconnect'] })
  return { child, messages: readMessages<Message>(events), ended: once(child, 'exit') }
}

/** @throws {Error} if it ends before it says anything */
export async function firstMessage<Message>({ child, messages }: Program<Message>): Promise<Message> {
  for await (const message of messages) return message
  throw new Error(`${child.spawnargs.join(' ')} ended and had not said anything.`)
}

async function* readMessages<Message>(events: AsyncIterable<unknown[]>): AsyncGenerator<Message> {
  for await (const [message] of events) yield message as Message
}
