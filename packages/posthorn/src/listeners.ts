import { invalidOption } from '@posthorn/core'
import type { Activity } from '@posthorn/delivery'
import type { EmitterEvents } from './emitter-events.ts'

/** Who listens to what. A listener that throws, or whose promise rejects, disturbs nobody else. */
export interface Listeners {
  on<Name extends keyof EmitterEvents>(name: Name, listener: Listener<Name>): void
  off<Name extends keyof EmitterEvents>(name: Name, listener: Listener<Name>): void
  tell<Name extends keyof EmitterEvents>(name: Name, event: EmitterEvents[Name]): void
}

/** Takes every event. */
export type Watch = <Name extends keyof EmitterEvents>(name: Name, event: EmitterEvents[Name]) => void

export type Listener<Name extends keyof EmitterEvents> = (event: EmitterEvents[Name]) => void | Promise<void>

/** Every name, so that a misspelt one is refused rather than never heard. */
const eventNames: Readonly<Record<keyof EmitterEvents, true>> = {
  attempted: true,
  delivered: true,
  exhausted: true,
  cancelled: true,
  discarded: true,
  parked: true,
  recovered: true,
  'set-aside': true,
  'subscription-disabled': true,
  warning: true,
  'listener-error': true,
}

/**
 * @param activity goes on while a listener's promise does
 * @param watch called with every event, before its listeners; must not throw
 */
export function createListeners(activity: Activity, watch: Watch = () => {}): Listeners {
  const listenersByName = new Map<string, Set<(event: never) => unknown>>()

  function call<Name extends keyof EmitterEvents>(
    listener: Listener<Name>,
    name: Name,
    event: EmitterEvents[Name],
  ): void {
    try {
      const result: unknown = listener(event)
      if (isThenable(result))
        void activity.during(() => Promise.resolve(result).catch((error: unknown) => failed(name, error)))
    } catch (error) {
      failed(name, error)
    }
  }

  function failed(event: keyof EmitterEvents, error: unknown): void {
    // A listener of `listener-error` that fails has nobody left to be reported to but the log.
    if (event === 'listener-error') watch('listener-error', { event, error })
    else tell('listener-error', { event, error })
  }

  function tell<Name extends keyof EmitterEvents>(name: Name, event: EmitterEvents[Name]): void {
    watch(name, event)
    const listeners = [...(listenersByName.get(name) ?? [])]
    for (const listener of listeners) call(listener as Listener<Name>, name, event)
  }

  return {
    on(name, listener) {
      if (typeof listener !== 'function') throw invalidOption('listener', 'a function', listener)
      if (!Object.hasOwn(eventNames, name)) {
        throw invalidOption('name', `the name of an event (${Object.keys(eventNames).join(', ')})`, name)
      }
      const listeners = listenersByName.get(name) ?? new Set()
      listeners.add(listener)
      listenersByName.set(name, listeners)
    },
    off(name, listener) {
      listenersByName.get(name)?.delete(listener)
    },
    tell,
  }
}

/** Promises of other libraries are no instances of ours. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
