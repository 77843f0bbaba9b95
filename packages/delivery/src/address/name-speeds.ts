/** How long a look-up of a name is expected to take. */
export type NameSpeed = 'quick' | 'unknown' | 'slow'

/** What is known of names from their last look-up. */
export interface NameSpeeds {
  of(host: string): NameSpeed
  /** Whether any name is known to be quick. */
  readonly hasQuick: boolean
  remember(host: string, speed: 'quick' | 'slow'): void
}

/** @param maxCount names remembered; beyond them the one that was looked up longest ago is forgotten */
export function createNameSpeeds(maxCount: number): NameSpeeds {
  const speeds = new Map<string, 'quick' | 'slow'>()
  let quickCount = 0

  function forget(host: string): void {
    if (speeds.get(host) === 'quick') quickCount -= 1
    speeds.delete(host)
  }

  return {
    of: (host) => speeds.get(host) ?? 'unknown',
    get hasQuick() {
      return quickCount > 0
    },
    remember(host, speed) {
      forget(host)
      speeds.set(host, speed)
      if (speed === 'quick') quickCount += 1
      const [oldest] = speeds.keys()
      if (speeds.size > maxCount && oldest !== undefined) forget(oldest)
    },
  }
}
