import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, accepted, hang } from '@posthorn/test-kit/receiver-answer'
import { type KillPoint, watchedCalls } from './kill-points.ts'
import { startLife } from './life.ts'

/** Where and when a life ends. */
export interface LifeEnd {
  readonly point: KillPoint
  /** Which time that the point is reached, from 1. */
  readonly occurrence: number
  /** At `starting` counted from the start, at `random` from when the process is up. */
  readonly delayMs: number
}

/** Draws an end at a point. @param maxOccurrence the last time that the point may be reached */
export function drawEnd(point: KillPoint, maxOccurrence: number, random: () => number): LifeEnd {
  const occurrence = 1 + Math.floor(random() * maxOccurrence)
  const delayMs = point === 'starting' ? random() * 500 : 50 + random() * 350
  return { point, occurrence, delayMs }
}

/** What a process lives among. */
export interface LifeSurroundings {
  readonly args: readonly string[]
  readonly hear: (line: string) => void
  /** From now on receivers answer with what this gives. */
  readonly answerWith: (answer: () => Answer) => void
}

/** Receivers take up to this long, so that requests are under way at any moment. */
const maxAnswerMs = 20
/** After this a life ends wherever it is. */
const overdueMs = 10_000

/**
 * Starts the process and kills it at its end.
 * @throws {Error} it ended by itself, or did not get to the point in time
 */
export async function liveUntil(end: LifeEnd, { args, hear, answerWith }: LifeSurroundings): Promise<void> {
  const { point, occurrence, delayMs } = end
  let reachedCount = 0
  let isOverdue = false

  const kill = (): void => life.kill()
  const isReached = (): boolean => {
    reachedCount += 1
    return reachedCount === occurrence
  }

  answerWith(() => {
    if (point === 'request-sent' && isReached()) {
      kill()
      return hang
    }
    if (point === 'answered' && isReached()) {
      setImmediate(kill)
      return accepted
    }
    return { kind: 'after', released: pause(Math.random() * maxAnswerMs), answer: accepted }
  })
  const life = startLife([...args, ...toArguments(end)], (line) => {
    hear(line)
    if (line === 'ready' && point === 'random') setTimeout(kill, delayMs)
    if (line.startsWith('acknowledged') && point === 'after-commit' && isReached()) kill()
  })
  if (point === 'starting') setTimeout(kill, delayMs)
  const limit = setTimeout(() => {
    isOverdue = true
    kill()
  }, overdueMs)
  const ended = await life.ended
  clearTimeout(limit)
  if (ended !== 'SIGKILL')
    throw new Error(`A process ended by itself, with ${ended}, on the way to ${point}.`)
  if (isOverdue) throw new Error(`A process did not get to ${point} within ${overdueMs} ms.`)
}

function toArguments({ point, occurrence }: LifeEnd): readonly string[] {
  const call = watchedCalls[point]
  if (call === undefined) return []
  return ['--method', call.method, '--moment', call.moment, '--at', String(occurrence)]
}
