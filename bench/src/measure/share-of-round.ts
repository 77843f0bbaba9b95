/**
 * Measures once for all contenders that share it: anew as soon as one of them asks a second time, which is in the next round.
 * @returns what a contender asks, by its name
 */
export function shareOfRound<Figures>(measure: () => Promise<Figures>): (name: string) => Promise<Figures> {
  const asked = new Set<string>()
  let figures: Promise<Figures> | null = null
  return (name) => {
    if (figures === null || asked.has(name)) {
      asked.clear()
      figures = measure()
    }
    asked.add(name)
    return figures
  }
}
