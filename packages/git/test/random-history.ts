import type { CommitPlan, FilePlan } from '@posthorn/test-kit/git-repository'

/** Numbers from 0 up to and without 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Pick = (below: number) => number

/** By path, which is Latin-1 for whatever bytes it has; null deletes. */
type Files = Map<string, FilePlan | null>

/**
 * A history with branches, merges, octopus merges, second roots, empty commits, renames and copies of any likeness, moved folders,
 * binary files, changes of mode and type, symlinks, submodules, and paths with any bytes.
 * @param rootShare of the commits, how many have no parents
 * @param dates `even`: each commit later than its parents. `equal`: all at once. `lying`: any order.
 */
export function planRandomHistory(
  random: () => number,
  count: number,
  dates: 'even' | 'equal' | 'lying',
  rootShare = 0.05,
): readonly CommitPlan[] {
  const pick: Pick = (below) => Math.floor(random() * below)
  const trees: Map<string, FilePlan>[] = []
  return Array.from({ length: count }, (_, index): CommitPlan => {
    const parents = random() < rootShare ? [] : pickParents(pick, index)
    const [first] = parents
    const tree = new Map(first === undefined ? [] : trees[first])
    const files = changeFiles(pick, tree, index)
    for (const [path, file] of files) {
      if (file === null) tree.delete(path)
      else tree.set(path, file)
    }
    trees.push(tree)
    const at = {
      even: 1_700_000_000 + index * 60,
      equal: 1_700_000_000,
      lying: 1_600_000_000 + pick(1_000_000),
    }
    const rawFiles = [...files].map(([path, file]) => ({ path: Buffer.from(path, 'latin1'), file }))
    return { parents, rawFiles, at: at[dates], message: `Commit ${index}\n` }
  })
}

function pickParents(pick: Pick, index: number): readonly number[] {
  if (index === 0) return []
  const count = [1, 1, 1, 1, 1, 2, 2, 3][pick(8)] ?? 1
  const parents = Array.from({ length: count }, () => Math.max(0, index - 1 - pick(6)))
  return [...new Set(parents)]
}

/** UTF-8, Latin-1, Shift_JIS, what shells and parsers trip over, and what looks like the line of a raw diff. */
const oddNames = [
  '\xc3\xbc',
  '\xfc',
  '\x93\xfa',
  ' a b',
  '"q"',
  '\t\n\\',
  ':100644',
  "$(id)'",
  '\xff\xfe',
  'ab\x7f',
]

function changeFiles(pick: Pick, tree: ReadonlyMap<string, FilePlan>, index: number): Files {
  const files: Files = new Map()
  for (let change = pick(4); change > 0; change -= 1) {
    const [path, file] = [...tree][pick(tree.size)] ?? ['', 'x']
    const odd = pick(3) === 0 ? (oddNames[pick(oddNames.length)] ?? '') : ''
    const fresh = `dir${pick(3)}/${odd}file${index}-${change}`
    if (path === '') files.set(fresh, makeFile(pick))
    else changes[pick(changes.length)]?.({ pick, files, tree, path, file, fresh })
  }
  return files
}

interface Change {
  readonly pick: Pick
  readonly files: Files
  readonly tree: ReadonlyMap<string, FilePlan>
  /** One that is there, with its content, and one that is not. */
  readonly path: string
  readonly file: FilePlan
  readonly fresh: string
}

const changes: readonly ((change: Change) => void)[] = [
  ({ files, fresh, pick }) => files.set(fresh, makeFile(pick)),
  ({ files, path }) => files.set(path, null),
  ({ files, path, pick }) => files.set(path, makeFile(pick)),
  ({ files, path, file, pick }) => files.set(path, edit(pick, file)),
  // A move, with an edit or without.
  ({ files, path, file, fresh, pick }) => files.set(path, null).set(fresh, edit(pick, file)),
  // Copies are found where their source was changed too.
  ({ files, path, file, fresh, pick }) => files.set(path, edit(pick, file)).set(fresh, edit(pick, file)),
  ({ files, path, file, fresh, pick }) =>
    files.set(path, null).set(fresh, edit(pick, file)).set(`${fresh}-too`, file),
  ({ files, tree, fresh }) => {
    for (const [path, file] of tree)
      if (path.startsWith('dir1/')) files.set(path, null).set(`${fresh}/${path}`, file)
  },
  ({ files, path, file }) => files.set(path, { mode: '100755', content: toContent(file) }),
  ({ files, path, file }) => files.set(path, toContent(file)),
  ({ files, path }) => files.set(path, { mode: '120000', content: 'elsewhere' }),
  ({ files, fresh, path }) => files.set(fresh, { mode: '120000', content: path }),
  ({ files, path, pick }) => files.set(path, makeSubmodule(pick)),
  ({ files, fresh, pick }) => files.set(fresh, makeSubmodule(pick)),
]

function makeFile(pick: Pick): FilePlan {
  if (pick(5) === 0) return Uint8Array.from({ length: 200 + pick(800) }, () => pick(256))
  return Array.from({ length: 10 + pick(30) }, () => `line ${pick(1_000)}\n`).join('')
}

function makeSubmodule(pick: Pick): FilePlan {
  return { mode: '160000', content: String(pick(10)).repeat(40) }
}

/** From no edit at all to one that leaves about half. */
function edit(pick: Pick, file: FilePlan): FilePlan {
  const content = toContent(file)
  const added = Buffer.from('edited\n'.repeat(pick(3) * pick(12)))
  return Buffer.concat([Buffer.from(content), added])
}

function toContent(file: FilePlan): string | Uint8Array {
  if (typeof file === 'string' || file instanceof Uint8Array) return file
  return file.mode === '160000' ? `submodule ${file.content.toString()}\n` : file.content
}
