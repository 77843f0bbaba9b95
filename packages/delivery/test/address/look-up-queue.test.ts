import { expect, test } from 'vitest'
import { createLookUpQueue } from '../../src/address/look-up-queue.ts'
import type { ResolvedAddress } from '../../src/address/resolver.ts'
import { createSignal } from '../../src/timing/signal.ts'

const found: readonly ResolvedAddress[] = [{ address: '127.0.0.1', family: 4 }]
const patient = new AbortController().signal

/** Look-ups that end when they are told to; those of names beginning with "quick" end at once. */
function createScriptedLookUps(slowMs?: number) {
  const asked: string[] = []
  const answers = new Map<string, () => void>()
  const queue = createLookUpQueue((host) => {
    asked.push(host)
    if (host.startsWith('quick')) return Promise.resolve(found)
    return new Promise((resolve) => answers.set(host, () => resolve(found)))
  }, slowMs)
  return { asked, queue, answer: (host: string) => answers.get(host)?.() }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test('those who ask for the same name at the same time share one look-up', async () => {
  const { asked, queue, answer } = createScriptedLookUps()
  const both = [queue.lookUp('a', patient), queue.lookUp('a', patient)]
  await turn()
  answer('a')
  expect(await Promise.all(both)).toEqual([found, found])
  expect(asked).toEqual(['a'])
})

test('a failure reaches whoever asked, and the next one asks again', async () => {
  let count = 0
  const queue = createLookUpQueue(() => {
    count += 1
    return count === 1 ? Promise.reject(new Error('no such name')) : Promise.resolve(found)
  })
  await expect(queue.lookUp('a', patient)).rejects.toThrow('no such name')
  await expect(queue.lookUp('a', patient)).resolves.toEqual(found)
})

test('one look-up runs at a time for names that nobody knows to be slow', async () => {
  const { asked, queue, answer } = createScriptedLookUps()
  const all = ['a', 'b'].map((host) => queue.lookUp(host, patient))
  await turn()
  expect(asked).toEqual(['a'])
  answer('a')
  await turn()
  answer('b')
  await Promise.all(all)
})

test('a look-up that nobody waits for any longer never begins', async () => {
  const { asked, queue, answer } = createScriptedLookUps()
  const first = queue.lookUp('a', patient)
  const controller = new AbortController()
  const abandoned = queue.lookUp('b', controller.signal)
  controller.abort(new Error('too late'))
  await expect(abandoned).rejects.toThrow('too late')
  await turn()
  answer('a')
  await first
  await queue.lookUp('quick', patient)
  expect(asked).toEqual(['a', 'quick'])
})

test('a look-up that runs keeps its slot when its last waiter leaves, and is shared by the next', async () => {
  const { asked, queue, answer } = createScriptedLookUps()
  const controller = new AbortController()
  const left = queue.lookUp('a', controller.signal)
  await turn()
  controller.abort(new Error('too late'))
  await expect(left).rejects.toThrow('too late')
  const other = queue.lookUp('b', patient)
  const again = queue.lookUp('a', patient)
  await turn()
  expect(asked).toEqual(['a'])
  answer('a')
  await again
  await turn()
  answer('b')
  await other
  expect(asked).toEqual(['a', 'b'])
})

test('a name known to be slow holds up nobody else', async () => {
  const { asked, queue, answer } = createScriptedLookUps(5)
  const slow = queue.lookUp('slow', patient)
  await turn()
  await createSignal(true).wait(10)
  answer('slow')
  await slow
  const again = queue.lookUp('slow', patient)
  await turn()
  await expect(queue.lookUp('quick', patient)).resolves.toEqual(found)
  expect(asked).toEqual(['slow', 'slow', 'quick'])
  answer('slow')
  await again
})

test('a name that answered quickly before goes first', async () => {
  const { asked, queue, answer } = createScriptedLookUps()
  await queue.lookUp('quick', patient)
  const waiting = ['a', 'b'].map((host) => queue.lookUp(host, patient))
  const known = queue.lookUp('quick', patient)
  await turn()
  answer('a')
  await known
  expect(asked.slice(0, 3)).toEqual(['quick', 'a', 'quick'])
  await turn()
  answer('b')
  await Promise.all(waiting)
})
