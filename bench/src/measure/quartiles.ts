/** The spread of a few figures. */
export interface Quartiles {
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** Quartiles by linear interpolation between the closest ranks. NaN of no figures. */
export function toQuartiles(figures: readonly number[]): Quartiles {
  const sorted = figures.toSorted((one, other) => one - other)
  const at = (share: number): number => {
    const rank = (sorted.length - 1) * share
    const below = sorted[Math.floor(rank)] ?? Number.NaN
    const above = sorted[Math.ceil(rank)] ?? Number.NaN
    return below + (above - below) * (rank - Math.floor(rank))
  }
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) }
}
