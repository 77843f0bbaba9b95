import { once } from 'node:events'
import { createServer } from 'node:http'

export interface Gate {
  readonly url: string
  /** Resolves when somebody asks. */
  readonly reached: Promise<void>
  open(): Promise<void>
}

/** A server whose one answer waits until it is let go. */
export async function createGate(): Promise<Gate> {
  const opened = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const gate = createServer((_request, response) => {
    reached.resolve()
    void opened.promise.then(() => response.end())
  })
  await once(gate.listen(0, '127.0.0.1'), 'listening')
  const address = gate.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    reached: reached.promise,
    open: async () => {
      opened.resolve()
      gate.close()
      await once(gate, 'close')
    },
  }
}
