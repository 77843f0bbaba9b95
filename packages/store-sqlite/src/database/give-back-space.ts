import { numberOf } from './columns.ts'
import type { Database } from './database.ts'
import { sql } from './statement.ts'

/** Free pages that are kept for what comes next: a quarter of the file, and never less than 4 MiB. */
const minKeptPages = 1024
const keptShare = 0.25

/** Pages in one step, each of which may move another one: 2 MiB. */
const pagesPerStep = 512

const countPages = sql('pragma page_count')
const countFreePages = sql('pragma freelist_count')

/**
 * Gives space that a burst has left behind back to the disk, in small steps. What a steady flow leaves is reused, so that its file
 * neither grows nor is cut back again and again. A file that was made without incremental vacuum, by a restored dump say, keeps its
 * free pages for itself.
 * @returns whether there is more to give back, and a step does give back
 */
export function giveBackSpace(database: Database): boolean {
  const freeCount = readFreeCount(database)
  if (freeCount <= minKeptPages) return false
  const pageCount = numberOf(database.get(countPages) ?? {}, 'page_count')
  const excess = Math.floor(freeCount - Math.max(minKeptPages, pageCount * keptShare))
  if (excess <= 0) return false
  database.exec(`pragma incremental_vacuum(${Math.min(excess, pagesPerStep)})`)
  return excess > pagesPerStep && readFreeCount(database) < freeCount
}

function readFreeCount(database: Database): number {
  return numberOf(database.get(countFreePages) ?? {}, 'freelist_count')
}
