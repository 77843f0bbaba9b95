import { readFileSync } from 'node:fs'
import { resourceUsage } from 'node:process'

/**
 * The most that this process ever held in memory at a time, in bytes. Linux tells it exactly in `VmHWM`; its `maxRSS` begins with
 * what the process that started this one held.
 */
export function peakMemoryBytes(): number {
  if (process.platform !== 'linux') return resourceUsage().maxRSS * 1_024
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1_024
}
