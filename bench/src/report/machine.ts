import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { toQuartiles } from '../measure/quartiles.ts'

/** What the figures depend on most. */
export interface Machine {
  readonly processor: string
  readonly coreCount: number
  readonly platform: string
  readonly node: string
  /** Median, of a page of 4 KiB in the folder for temporary files. */
  readonly fsyncMs: number
}

const pageBytes = 4_096
const fsyncCount = 100

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    coreCount: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    fsyncMs: measureFsync(),
  }
}

function measureFsync(): number {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
  const file = openSync(join(folder, 'page'), 'w')
  const page = Buffer.alloc(pageBytes, 1)
  const times = Array.from({ length: fsyncCount }, () => {
    const startedAt = performance.now()
    writeSync(file, page)
    fsyncSync(file)
    return performance.now() - startedAt
  })
  closeSync(file)
  rmSync(folder, { recursive: true })
  return toQuartiles(times).median
}
