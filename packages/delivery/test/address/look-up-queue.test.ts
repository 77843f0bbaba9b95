import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLookUpQueue } from '../../src/address/look-up-queue.ts'
import type { ResolvedAddress } from '../../src/address/resolver.ts'

const found: readonly ResolvedAddress[] = [{ address: '127.0.0.1', family: 4 }]
const patient = new AbortController().signal

/**
 * Look-ups that end when they are told to, and are slow when they are told to; those of names beginning with "quick" end at once,
 * until they are stopped.
 * @param isTimed whether they are slow when the time for that has passed, instead
 */
function createScriptedLookUps(isTimed = false) {
  const asked: string[] = []
  const watched = new Set<() => void>()
  const answers = new Map<string, () => void>()
  const stopped = new Set<string>()
  const counts = { running: 0, most: 0 }

  async function ask(host: string): Promise<readonly ResolvedAddress[]> {
    asked.push(host)
    counts.running += 1
    counts.most = Math.max(counts.most, counts.running)
    if (!host.startsWith('quick') || stopped.has(host)) {
      await new Promise<void>((resolve) => answers.set(host, resolve))
    }
    counts.running -= 1
    return found
  }

  const watch = (onSlow: () => void): (() => void) => {
    watched.add(onSlow)
    return () => void watched.delete(onSlow)
  }
  const queue = isTimed ? createLookUpQueue(ask) : createLookUpQueue(ask, watch)

  /** The time of all that are running is over within which a look-up is quick. */
  const letTimePass = (): void => {
    for (const onSlow of watched) onSlow()
  }

  const answer = (host: string): Promise<void> => {
    answers.get(host)?.()
    answers.delete(host)
    return turn()
  }

  /** Looks a name up, so that its speed is known. */
  const learn = async (host: string, speed: 'quick' | 'slow'): Promise<void> => {
    const looking = queue.lookUp(host, patient)
    await turn()
    if (speed === 'slow') letTimePass()
    await answer(host)
    await looking
    asked.length = 0
  }

  return { asked, counts, queue, letTimePass, answer, learn, stop: (host: string) => void stopped.add(host) }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test('those who ask for the same name at the same time share one look-up', async () => {
  const { asked, queue, answer } = createScriptedLookUps()
  const both = [queue.lookUp('a', patient), queue.lookUp('a', patient)]
  await turn()
  await answer('a')
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

test('a look-up that throws before it begins is a failure, and frees its slot', async () => {
  const queue = createLookUpQueue((host) => {
    if (host.startsWith('bad')) throw new Error('not a name')
    return Promise.resolve(found)
  })
  for (const host of ['bad 1', 'bad 2', 'bad 3']) {
    await expect(queue.lookUp(host, patient)).rejects.toThrow('not a name')
  }
  await expect(queue.lookUp('a', patient)).resolves.toEqual(found)
})

describe('of names that nobody knows', () => {
  test('two are asked for at a time as long as no name is known to be quick', async () => {
    const { asked, queue, answer } = createScriptedLookUps()
    const all = ['a', 'b', 'c'].map((host) => queue.lookUp(host, patient))
    await turn()
    expect(asked).toEqual(['a', 'b'])
    await answer('b')
    expect(asked).toEqual(['a', 'b'])
    await answer('a')
    expect(asked).toEqual(['a', 'b', 'c'])
    await answer('c')
    await Promise.all(all)
  })

  test('one is asked for at a time once another name was found quickly', async () => {
    const { asked, queue, answer, learn } = createScriptedLookUps()
    await learn('quick', 'quick')
    const all = ['a', 'b'].map((host) => queue.lookUp(host, patient))
    await turn()
    expect(asked).toEqual(['a'])
    await answer('a')
    expect(asked).toEqual(['a', 'b'])
    await answer('b')
    await Promise.all(all)
  })

  test('twenty that hang keep no name waiting that is known to be quick', async () => {
    const { asked, queue, counts, learn, letTimePass } = createScriptedLookUps()
    await learn('quick', 'quick')
    for (let index = 0; index < 20; index += 1) void queue.lookUp(`hanging-${index}`, patient)
    await turn()
    await expect(queue.lookUp('quick', patient)).resolves.toEqual(found)
    letTimePass()
    await expect(queue.lookUp('quick', patient)).resolves.toEqual(found)
    expect(asked).toEqual(['hanging-0', 'quick', 'quick'])
    expect(counts.most).toBe(2)
  })

  test('those known to be slow and those not known take turns', async () => {
    const { asked, queue, answer, learn } = createScriptedLookUps()
    for (const host of ['slow-1', 'slow-2']) await learn(host, 'slow')
    await learn('quick', 'quick')
    const hosts = ['new-0', 'slow-1', 'slow-2', 'new-1', 'new-2']
    const all = hosts.map((host) => queue.lookUp(host, patient))
    await turn()
    for (let count = 0; count < hosts.length; count += 1) await answer(asked.at(-1) ?? '')
    await Promise.all(all)
    expect(asked).toEqual(['new-0', 'slow-1', 'new-1', 'slow-2', 'new-2'])
  })

  test('one goes before those that are quick, or they could keep it out for ever', async () => {
    const { asked, queue, answer, learn, stop } = createScriptedLookUps()
    const quick = ['quick-1', 'quick-2', 'quick-3', 'quick-4']
    for (const host of quick) {
      await learn(host, 'quick')
      stop(host)
    }
    const all = [...quick, 'a'].map((host) => queue.lookUp(host, patient))
    await turn()
    expect(asked).toEqual(['quick-1', 'quick-2'])
    await answer('quick-1')
    expect(asked).toEqual(['quick-1', 'quick-2', 'a'])
    await answer('a')
    for (const host of quick) await answer(host)
    for (const host of quick) await answer(host)
    await Promise.all(all)
  })
})

describe('a name', () => {
  test('that is known to be slow holds up no other, even alone', async () => {
    const { asked, queue, answer, learn } = createScriptedLookUps()
    for (const host of ['slow-1', 'slow-2']) await learn(host, 'slow')
    const all = ['slow-1', 'slow-2', 'a'].map((host) => queue.lookUp(host, patient))
    await turn()
    expect(asked).toEqual(['slow-1', 'a'])
    await answer('a')
    await answer('slow-1')
    await answer('slow-2')
    await Promise.all(all)
  })

  test('that was quick and hangs counts as slow from when that shows', async () => {
    const { asked, queue, answer, learn, letTimePass, stop } = createScriptedLookUps()
    for (const host of ['quick-1', 'quick-2']) await learn(host, 'quick')
    stop('quick-1')
    const hanging = queue.lookUp('quick-1', patient)
    await turn()
    letTimePass()
    const other = queue.lookUp('a', patient)
    await expect(queue.lookUp('quick-2', patient)).resolves.toEqual(found)
    expect(asked).toEqual(['quick-1', 'quick-2'])
    await answer('quick-1')
    await hanging
    expect(asked).toEqual(['quick-1', 'quick-2', 'a'])
    await answer('a')
    await other
  })

  test('that was slow is quick again once it was found quickly', async () => {
    const { asked, queue, answer, learn } = createScriptedLookUps()
    await learn('a', 'slow')
    await learn('a', 'quick')
    const all = ['new-1', 'a'].map((host) => queue.lookUp(host, patient))
    await turn()
    expect(asked).toEqual(['new-1', 'a'])
    await answer('a')
    await answer('new-1')
    await Promise.all(all)
  })
})

describe('many names of one domain that were quick and hang', () => {
  const evil = Array.from({ length: 50 }, (_, index) => `quick-${index}.evil.example`)
  const good = 'quick.good.example'

  async function hangAll() {
    const scripted = createScriptedLookUps()
    for (const host of [good, ...evil]) await scripted.learn(host, 'quick')
    for (const host of evil) {
      scripted.stop(host)
      void scripted.queue.lookUp(host, patient)
    }
    await turn()
    scripted.letTimePass()
    return scripted
  }

  test('keep the name of another waiting for one look-up, once', async () => {
    const { asked, queue, counts, answer } = await hangAll()
    const first = queue.lookUp(good, patient)
    await turn()
    expect(asked).toEqual(evil.slice(0, 2))
    await answer('quick-0.evil.example')
    await expect(first).resolves.toEqual(found)
    for (let count = 0; count < 10; count += 1) await queue.lookUp(good, patient)
    expect(asked.slice(0, 3)).toEqual([...evil.slice(0, 2), good])
    expect(asked.filter((host) => host !== good)).toHaveLength(2)
    expect(counts.most).toBe(2)
  })

  test('are looked up one after another through the slot that is left to the slow', async () => {
    const { asked, answer } = await hangAll()
    await answer('quick-0.evil.example')
    expect(asked).toHaveLength(2)
    await answer('quick-1.evil.example')
    expect(asked).toHaveLength(3)
    for (const host of asked.slice()) await answer(host)
    expect(asked).toHaveLength(4)
  })
})

describe('of quick names that wait', () => {
  const evil = Array.from({ length: 4 }, (_, index) => `quick-${index}.evil-${index}.example`)
  const good = 'quick.good.example'
  /** Whom both slots belong to first, so that others wait. */
  const first = ['quick.x.example', 'quick.y.example']

  async function learnAll(names: readonly string[]) {
    const scripted = createScriptedLookUps()
    for (const host of [...names, ...first]) await scripted.learn(host, 'quick')
    for (const host of [...names, ...first]) scripted.stop(host)
    return scripted
  }

  test('each waits for one of each other domain at most, however often those were found', async () => {
    const { asked, queue, answer, learn, stop } = createScriptedLookUps()
    for (const host of [good, ...evil, ...evil, ...evil]) await learn(host, 'quick')
    for (const host of evil) stop(host)
    const all = evil.map((host) => queue.lookUp(host, patient))
    const waiting = queue.lookUp(good, patient)
    await turn()
    // Whenever one is answered, it is asked for again.
    for (let count = 0; count < evil.length && !asked.includes(good); count += 1) {
      const host = asked[count] ?? ''
      await answer(host)
      all.push(queue.lookUp(host, patient))
    }
    expect(asked.filter((host) => host === good)).toEqual([good])
    await waiting
    for (let count = 0; count < 2 * evil.length; count += 1) for (const host of evil) await answer(host)
    await Promise.all(all)
  })

  test('domains take turns, however many names one has', async () => {
    const names = ['quick-1', 'quick-2', 'quick-3'].map((label) => `${label}.evil.example`)
    const { asked, queue, answer } = await learnAll([...names, good])
    const all = [...first, ...names, good].map((host) => queue.lookUp(host, patient))
    await turn()
    for (let count = 0; count < all.length; count += 1) await answer(asked[count] ?? '')
    await Promise.all(all)
    expect(asked).toEqual([...first, names[0], good, ...names.slice(1)])
  })

  test('the domain whose turn was longest ago comes first, and within a domain who came first', async () => {
    const names = ['quick.a.example', 'quick.b.example', 'quick-2.a.example', 'quick.c.example']
    const { asked, queue, answer } = await learnAll(names)
    const before = ['quick.c.example', 'quick.a.example', 'quick.b.example']
    const earlier = before.map((host) => queue.lookUp(host, patient))
    await turn()
    for (const host of before) await answer(host)
    await Promise.all(earlier)
    asked.length = 0
    const all = [...first, ...names].map((host) => queue.lookUp(host, patient))
    await turn()
    for (let count = 0; count < all.length; count += 1) await answer(asked[count] ?? '')
    await Promise.all(all)
    expect(asked.slice(2)).toEqual([
      'quick.c.example',
      'quick.a.example',
      'quick.b.example',
      'quick-2.a.example',
    ])
  })
})

test('time alone makes a look-up slow', async () => {
  const { asked, queue, answer, learn, stop } = createScriptedLookUps(true)
  await learn('quick', 'quick')
  stop('quick')
  const hanging = queue.lookUp('quick', patient)
  let count = 0
  // While it counts as quick, there is a slot for another name.
  await expect
    .poll(
      async () => {
        count += 1
        void queue.lookUp(`new-${count}`, patient)
        await turn()
        const hasBegun = asked.includes(`new-${count}`)
        await answer(`new-${count}`)
        return hasBegun
      },
      { timeout: 4_000 },
    )
    .toBe(false)
  await answer('quick')
  await hanging
})

test('a look-up that nobody waits for any longer never begins', async () => {
  const { asked, queue, answer, learn } = createScriptedLookUps()
  await learn('quick', 'quick')
  const first = queue.lookUp('a', patient)
  const controller = new AbortController()
  const abandoned = queue.lookUp('b', controller.signal)
  controller.abort(new Error('too late'))
  await expect(abandoned).rejects.toThrow('too late')
  await turn()
  await answer('a')
  await first
  await queue.lookUp('quick', patient)
  expect(asked).toEqual(['a', 'quick'])
})

test('a look-up that runs keeps its slot when its last waiter leaves, and is shared by the next', async () => {
  const { asked, queue, answer, learn } = createScriptedLookUps()
  await learn('quick', 'quick')
  const controller = new AbortController()
  const left = queue.lookUp('a', controller.signal)
  await turn()
  controller.abort(new Error('too late'))
  await expect(left).rejects.toThrow('too late')
  const other = queue.lookUp('b', patient)
  const again = queue.lookUp('a', patient)
  await turn()
  expect(asked).toEqual(['a'])
  await answer('a')
  await again
  await answer('b')
  await other
  expect(asked).toEqual(['a', 'b'])
})

test('whatever is asked for and answered in whatever order, two run at most and every one is answered', async () => {
  const hosts = fc.constantFrom('a', 'b', 'c', 'd', 'quick-1', 'quick-2')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(hosts, fc.boolean(), hosts), { maxLength: 20 }), async (steps) => {
      const { asked, queue, counts, answer } = createScriptedLookUps()
      const all: Promise<unknown>[] = []
      for (const [host, isPatient, ended] of steps) {
        const controller = new AbortController()
        const looking = queue.lookUp(host, controller.signal)
        all.push(looking.catch(() => {}))
        if (!isPatient) controller.abort()
        await answer(ended)
      }
      const hanging = ['a', 'b', 'c', 'd']
      for (let round = 0; round < 5; round += 1) for (const host of hanging) await answer(host)
      await Promise.all(all)
      expect(counts.most).toBeLessThanOrEqual(2)
      expect(counts.running).toBe(0)
      expect(asked.length).toBeLessThanOrEqual(steps.length)
    }),
    { numRuns: 50 },
  )
})
