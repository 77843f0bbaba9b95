import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Removes what earlier builds left, so that a package never holds the JavaScript of a source that is gone. */
const packages = join(import.meta.dirname, '..', '..', 'packages')
for (const entry of readdirSync(packages)) {
  rmSync(join(packages, entry, 'dist'), { recursive: true, force: true })
}
