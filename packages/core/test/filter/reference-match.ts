/** Whether a pattern without its `!` matches a name: the rules word by word, by trying everything. Only for short ones. */
export function isReferenceMatch(pattern: string, name: string): boolean {
  return tryAll(Array.from(pattern), 0, Array.from(name))
}

/** What the last pattern that matches says; a name that none matches passes if all are negated. */
export function passesReference(patterns: readonly string[], name: string): boolean {
  const last = patterns.findLast((pattern) => isReferenceMatch(pattern.replace(/^!/, ''), name))
  return last === undefined ? patterns.every((pattern) => pattern.startsWith('!')) : !last.startsWith('!')
}

function tryAll(pattern: readonly string[], at: number, name: readonly string[]): boolean {
  const [first, ...others] = name
  const character = pattern[at]
  if (character === undefined) return first === undefined
  if (character === '*') return tryStars(pattern, at, name)
  if (first === undefined) return false
  if (character === '?') return first !== '/' && tryAll(pattern, at + 1, others)
  if (character === '\\') return first === pattern[at + 1] && tryAll(pattern, at + 2, others)
  if (character === '[') {
    const end = pattern.indexOf(']', at)
    const set = new RegExp(
      `^${pattern
        .slice(at, end + 1)
        .join('')
        .replace('[!', '[^')}$`,
      'u',
    )
    return first !== '/' && set.test(first) && tryAll(pattern, end + 1, others)
  }
  return first === character && tryAll(pattern, at + 1, others)
}

function tryStars(pattern: readonly string[], at: number, name: readonly string[]): boolean {
  const behind = pattern.findIndex((character, index) => index >= at && character !== '*')
  const next = behind === -1 ? pattern.length : behind
  const rests = name.map((_, index) => name.slice(index)).concat([[]])
  if (next - at === 1) {
    const slash = name.includes('/') ? name.indexOf('/') : name.length
    return rests.slice(0, slash + 1).some((rest) => tryAll(pattern, next, rest))
  }
  if ((at === 0 || pattern[at - 1] === '/') && pattern[next] === '/') {
    const starts = rests.filter((_, index) => index === 0 || name[index - 1] === '/')
    return starts.some((rest) => tryAll(pattern, next + 1, rest))
  }
  return rests.some((rest) => tryAll(pattern, next, rest))
}
