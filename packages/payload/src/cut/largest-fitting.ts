/**
 * What is built with the largest limit at which it fits, found in a number of tries that grows with the logarithm of the range.
 * @param build gives null if the result does not fit; what fits at one limit fits at every smaller one
 * @returns null if it does not even fit at `min`
 */
export function largestFitting<Result>(
  min: number,
  max: number,
  build: (limit: number) => Result | null,
): Result | null {
  let best = min > max ? null : build(min)
  let fitting = min
  let failing = max + 1
  while (best !== null && failing - fitting > 1) {
    const limit = Math.floor((fitting + failing) / 2)
    const result = build(limit)
    if (result === null) failing = limit
    else {
      best = result
      fitting = limit
    }
  }
  return best
}
