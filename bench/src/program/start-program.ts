import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** One of our programs, in a process of its own. Each of them ends when it is disconnected from. */
export interface Program<Message> {
  readonly child: ChildProcess
  readonly firstMessage: Message
  readonly ended: Promise<unknown>
}

/**
 * Starts a program and waits for the first thing that it says.
 * @throws {Error} if it ends before
 */
export async function startProgram<Message>(
  location: URL,
  words: readonly string[] = [],
): Promise<Program<Message>> {
  const child = fork(fileURLToPath(location), words, { execArgv: [...process.execArgv] })
  const ended = once(child, 'exit')
  const silence = ended.then(([code]) => {
    throw new Error(`${location.pathname} ended with ${code} before it had said anything.`)
  })
  const [firstMessage] = (await Promise.race([once(child, 'message'), silence])) as [Message]
  return { child, firstMessage, ended }
}
