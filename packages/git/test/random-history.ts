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

/**
 * A history with branches, merges, octopus merges, second roots, renames, copies, mode changes, symlinks and submodules.
 * @param rootShare of the commits, how many have no parents
 * @param dates `even`: each commit later than its parents. `equal`: all at once. `lying`: any order.
 */
export function planRandomHistory(
  random: () => number,
  count: number,
  dates: 'even' | 'equal' | 'lying',
  rootShare = 0.05,
): readonly CommitPlan[] {
  const pick = (below: number) => Math.floor(random() * below)
  const trees: Map<string, FilePlan>[] = []
  return Array.from({ length: count }, (_, index): CommitPlan => {
    const parents = random() < rootShare ? [] : pickParents(pick, index)
    const [first] = parents
    const tree = new Map(first === undefined ? [] : trees[first])
    const files = changeFiles(pick, tree, index)
    for (const [path, file] of Object.entries(files)) {
      if (file === null) tree.delete(path)
      else tree.set(path, file)
    }
    trees.push(tree)
    const at = {
      even: 1_700_000_000 + index * 60,
      equal: 1_700_000_000,
      lying: 1_600_000_000 + pick(1_000_000),
    }
    return { parents, files, at: at[dates], message: `Commit ${index}\n` }
  })
}

function pickParents(pick: (below: number) => number, index: number): readonly number[] {
  if (index === 0) return []
  const count = [1, 1, 1, 1, 1, 2, 2, 3][pick(8)] ?? 1
  const parents = Array.from({ length: count }, () => Math.max(0, index - 1 - pick(6)))
  return [...new Set(parents)]
}

function changeFiles(
  pick: (below: number) => number,
  tree: ReadonlyMap<string, FilePlan>,
  index: number,
): Record<string, FilePlan | null> {
  const files: Record<string, FilePlan | null> = {}
  for (let change = pick(4); change > 0; change -= 1) {
    const [path, file] = [...tree][pick(tree.size)] ?? ['', 'x']
    const fresh = `dir${pick(3)}/file${index}-${change}`
    const kind = path === '' ? 0 : pick(8)
    if (kind <= 1) files[fresh] = makeText(pick)
    else if (kind === 2) files[path] = null
    else if (kind === 3) files[path] = makeText(pick)
    else if (kind === 4) Object.assign(files, { [path]: null, [fresh]: edit(file, index) })
    else if (kind === 5) Object.assign(files, { [path]: edit(file, index), [fresh]: file })
    else if (kind === 6) files[path] = { mode: '100755', content: makeText(pick) }
    else
      files[fresh] =
        pick(2) === 0 ? { mode: '120000', content: path } : { mode: '160000', content: 'c'.repeat(40) }
  }
  return files
}

function makeText(pick: (below: number) => number): string {
  return Array.from({ length: 10 + pick(30) }, () => `line ${pick(1_000)}\n`).join('')
}

function edit(file: FilePlan, index: number): FilePlan {
  return typeof file === 'string' ? `${file}edited in ${index}\n` : file
}
