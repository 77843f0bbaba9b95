import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Runs every scenario in `scenarios/`, one file each, in the order of their names. */
const folder = join(import.meta.dirname, 'scenarios')
const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted()
if (files.length === 0)
  console.log('There are no scenarios yet: put one file per scenario into bench/src/scenarios.')
for (const file of files) await import(join(folder, file))
