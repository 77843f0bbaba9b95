import { invalidOption } from '@posthorn/core'

/**
 * Where an emitter logs to: `pino()` and `console` are such. Fields come first, as pino takes them. A level that is missing is
 * not logged, and what throws, or rejects, disturbs nothing. `docs/observability.md` says what is logged at which level.
 */
export interface Logger {
  debug?(fields: object, message: string): void
  info?(fields: object, message: string): void
  warn?(fields: object, message: string): void
  error?(fields: object, message: string): void
}

export type LogLevel = keyof Logger

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** @throws {InvalidInputError} `option.invalid` */
export function resolveLogger(logger: unknown): Logger | null {
  if (logger === undefined || logger === null) return null
  if (!isLogger(logger)) {
    throw invalidOption('logger', `an object with functions for some of ${levels.join(', ')}`, logger)
  }
  return logger
}

function isLogger(value: unknown): value is Logger {
  if (typeof value !== 'object' || value === null) return false
  const given = levels.map((level): unknown => Reflect.get(value, level))
  return given.some((log) => typeof log === 'function') && given.every(isFunctionOrAbsent)
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'function'
}

/**
 * Logs one line, or does not, and never throws.
 * @param toFields may throw: what is logged may be anything that a listener threw
 */
export function logLine(logger: Logger, level: LogLevel, toFields: () => object, message: string): void {
  try {
    const result: unknown = logger[level]?.(toFields(), message)
    if (result instanceof Promise) result.catch(() => {})
  } catch {
    // Whoever is to be told of faults has one: there is nobody left to tell.
  }
}
