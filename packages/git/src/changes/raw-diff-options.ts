import { devNull } from 'node:os'

/** Of how many files at most Git compares contents to find renames: its own default since 2.34, whatever is configured. */
const renameLimit = 1_000

/** How changes are told, whatever is configured; of a root commit as the addition of all it has. */
export const rawDiffOptions: readonly string[] = [
  '--root',
  '-r',
  '--raw',
  '-z',
  '--no-abbrev',
  '-M',
  '-C',
  `-l${renameLimit}`,
  '--ignore-submodules=none',
  `-O${devNull}`,
]
