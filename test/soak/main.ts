import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Runs every scenario in `scenarios/`: the counts that are too large for every test run. */
const folder = join(import.meta.dirname, 'scenarios')
const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted()
if (files.length === 0)
  console.log('There are no scenarios yet: put one file per scenario into test/soak/scenarios.')
for (const file of files) await import(join(folder, file))
