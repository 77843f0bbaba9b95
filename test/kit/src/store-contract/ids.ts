/** Fresh UUIDs, each greater than the one before. */
export interface Ids {
  readonly next: () => string
  readonly many: (count: number) => readonly string[]
}

export function createIds(): Ids {
  let last = 0
  const next = () => {
    last += 1
    return `01900000-0000-7000-8000-${String(last).padStart(12, '0')}`
  }
  return { next, many: (count) => Array.from({ length: count }, next) }
}
